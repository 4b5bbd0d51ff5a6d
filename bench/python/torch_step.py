"""The step in PyTorch: `python torch_step.py <workload folder> [channels-last | compile]`.

`compile` compiles the channels-last network with its loss; the backward pass is compiled with it.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from peer import Workload, cores, serve

workload = Workload(sys.argv[1])
variant = (sys.argv[2:] or ["eager"])[0]
torch.set_num_threads(cores())


def norm(channels):
    return nn.BatchNorm2d(channels, eps=workload.epsilon, momentum=1 - workload.batchNormDecay)


def convolution(channels_in, channels):
    return nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)


class Unit(nn.Module):
    """F(x) and F'(x1) v of one residual unit."""

    def __init__(self, channels):
        super().__init__()
        self.normA = norm(channels)
        self.convolutionA = convolution(channels, channels)
        self.normB = norm(channels)
        self.convolutionB = convolution(channels, channels)
        self.normC = norm(channels)

    def forward(self, x):
        inner = F.relu(self.normB(self.convolutionA(self.normA(x))))
        return self.normC(self.convolutionB(inner))

    def derivative(self, x1, v):
        if v is x1:  # v * 1[v > 0] is ReLU
            return self.convolutionB(F.relu(self.convolutionA(x1)))
        pre = self.convolutionA(x1).detach()
        return self.convolutionB(torch.where(pre > 0, self.convolutionA(v), 0.0))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.ModuleDict({"convolution": convolution(3, 16), "norm": norm(16)})
        for stage, channels in enumerate(workload.stage_channels, 1):
            units = {f"unit{index + 1}": Unit(channels) for index in range(workload.units_per_stage)}
            self.add_module(f"stage{stage}", nn.ModuleDict(units))
        self.head = nn.ModuleDict({"norm": norm(workload.stage_channels[-1])})
        self.classifier = nn.Linear(workload.stage_channels[-1], workload.classes)

    def forward(self, images):
        x = F.relu(self.stem["norm"](self.stem["convolution"](images)))
        width = 16
        for stage, channels in enumerate(workload.stage_channels, 1):
            if stage > 1:
                x = F.avg_pool2d(x, 2)
            if channels > width:
                x = torch.cat([x] * (channels // width), 1)
            x = self.run_stage(list(getattr(self, f"stage{stage}").values()), x)
            width = channels
        x = F.relu(self.head["norm"](x)).mean((2, 3))
        return self.classifier(x)

    @staticmethod
    def run_stage(units, x):
        if workload.family == "wrn":
            for unit in units:
                x = x + unit(x)
            return x
        for one, two in zip(units[::2], units[1::2]):
            branch = one(x)
            derivative = two.derivative(x, x if workload.family == "warpnet1" else branch)
            x = x + branch + two(x) + derivative
        return x


torch_names = {"scale": "weight", "offset": "bias", "weights": "weight", "bias": "bias"}


def fill(network):
    """Copies the workload's weights; torch keeps kernels as [out, in, height, width]."""
    parameters = dict(network.named_parameters())
    for name, value in workload.initial.items():
        *path, last = name.split("/")
        key = ".".join([*path, torch_names[last]] if last in torch_names else [*path, last, "weight"])
        axes = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[value.ndim]
        with torch.no_grad():
            parameters.pop(key).copy_(torch.from_numpy(np.ascontiguousarray(value.transpose(axes))))
    assert not parameters, f"left at random: {list(parameters)}"


network = Network()
fill(network)
layout = torch.contiguous_format if variant == "eager" else torch.channels_last
network = network.to(memory_format=layout)
optimizer = torch.optim.SGD(
    network.parameters(),
    lr=workload.learningRate,
    momentum=workload.momentum,
    weight_decay=workload.weightDecay,
    fused=True,
)


def forward(images, labels):
    return F.cross_entropy(network(images), labels)


if variant == "compile":
    forward = torch.compile(forward, dynamic=False)
labels = torch.from_numpy(workload.labels).long()
images = torch.from_numpy(np.ascontiguousarray(workload.images.transpose(0, 3, 1, 2))).to(memory_format=layout)


def step():
    loss = forward(images, labels)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


serve(sum(parameter.numel() for parameter in network.parameters()), step)
