"""What the Python peers share: the workload's files, and a line of JSON for each line read."""

import json
import math
import os
import re
import sys
import time

import numpy as np


class Workload:
    """`workload.json` and the arrays beside it; weights by name, kernels as [height, width, in, out]."""

    def __init__(self, folder):
        with open(os.path.join(folder, "workload.json"), encoding="utf-8") as file:
            self.__dict__.update(json.load(file))
        numbers = np.fromfile(os.path.join(folder, "weights.f32"), "<f4")
        self.initial = {}
        offset = 0
        for weight in self.weights:
            size = math.prod(weight["shape"])
            self.initial[weight["name"]] = numbers[offset : offset + size].reshape(weight["shape"])
            offset += size
        self.image_shape = (self.batch, self.imageSize, self.imageSize, 3)
        self.images = np.fromfile(os.path.join(folder, "images.f32"), "<f4").reshape(self.image_shape)
        self.labels = np.fromfile(os.path.join(folder, "labels.i32"), "<i4")

    @property
    def family(self):
        return self.network["family"]

    @property
    def classes(self):
        return self.network["classes"]

    @property
    def units_per_stage(self):
        network = self.network
        return network["unitsPerStage"] if self.family == "wrn" else network["K"] * network["Nwarp"]

    @property
    def stage_channels(self):
        return [channels * self.network["kw"] for channels in (16, 32, 64)]


def cores():
    return len(os.sched_getaffinity(0))


def _peak_memory_bytes():
    with open("/proc/self/status", encoding="utf-8") as file:
        return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB$", file.read(), re.MULTILINE).group(1))


def serve(parameters, step):
    """Says that it is ready, then answers `step` with milliseconds and loss until it is told to `end`."""

    def answer(value):
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()

    answer({"parameters": int(parameters)})
    for line in sys.stdin:
        if line.strip() != "step":
            break
        start = time.perf_counter()
        loss = float(step())
        milliseconds = 1000 * (time.perf_counter() - start)
        answer({"milliseconds": milliseconds, "loss": loss if math.isfinite(loss) else None})
    answer({"peakMemoryBytes": _peak_memory_bytes()})
