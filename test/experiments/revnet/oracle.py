"""An outside oracle: ResNets and RevNets once more, in JAX, from the paper's formulas alone.

usage: oracle.py FOLDER...     each holds case.json, weights.safetensors, batch.safetensors; outputs.safetensors is written

case     {"family": "resnet" | "revnet", "unit": "basic" | "bottleneck", "units": units a stage, "epsilon"}
batch    "images" [batch, height, width, 3], "labels" [batch]
outputs  "loss", "gradient/<name>" of every weight, and for a RevNet "inverted": how far the input of each stage's second unit
         is from what the inverses make of the stage's output, relative
"""

import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
from safetensors.numpy import load_file, save_file


def convolve(x, kernel, stride=1):
    strides = (stride, stride)
    return jax.lax.conv_general_dilated(x, kernel, strides, "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def batch_norm(weights, name, x, epsilon):
    mean, variance = jnp.mean(x, axis=(0, 1, 2)), jnp.var(x, axis=(0, 1, 2))
    return (x - mean) / jnp.sqrt(variance + epsilon) * weights[f"{name}/scale"] + weights[f"{name}/offset"]


def branch(weights, name, x, stride, case):
    """BN, ReLU, convolution, two or three times; the first branch of all has no first BN and ReLU."""
    for index in range(1, 3 if case["unit"] == "basic" else 4):
        if f"{name}/norm{index}/scale" in weights:
            x = jax.nn.relu(batch_norm(weights, f"{name}/norm{index}", x, case["epsilon"]))
        x = convolve(x, weights[f"{name}/convolution{index}"], stride if index == 1 else 1)
    return x


def shortcut(weights, name, x, stride, width):
    if name in weights:
        return convolve(x, weights[name], stride)
    if stride > 1:
        batch, height, width_of_map, channels = x.shape
        shape = (batch, height // stride, stride, width_of_map // stride, stride, channels)
        x = x.reshape(shape).mean(axis=(2, 4))
    side = (width - x.shape[-1]) // 2
    return jnp.pad(x, ((0, 0), (0, 0), (0, 0), (side, side)))


def residual_unit(weights, unit, x, stride, case):
    value = branch(weights, f"{unit}/F", x, stride, case)
    return shortcut(weights, f"{unit}/shortcut", x, stride, value.shape[-1]) + value


def reversible_unit(weights, unit, x1, x2, stride, case):
    f = branch(weights, f"{unit}/F", x2, stride, case)
    y1 = shortcut(weights, f"{unit}/shortcut1", x1, stride, f.shape[-1]) + f
    g = branch(weights, f"{unit}/G", y1, 1, case)
    return y1, shortcut(weights, f"{unit}/shortcut2", x2, stride, g.shape[-1]) + g


def inverse(weights, unit, y1, y2, case):
    x2 = y2 - branch(weights, f"{unit}/G", y1, 1, case)
    return y1 - branch(weights, f"{unit}/F", x2, 1, case), x2


def apart(a, b):
    a, b = jnp.concatenate(a, axis=-1), jnp.concatenate(b, axis=-1)
    return jnp.linalg.norm(a - b) / jnp.linalg.norm(b)


def logits_of(weights, images, case):
    epsilon, inverted = case["epsilon"], []
    x = jax.nn.relu(batch_norm(weights, "stem/norm", convolve(images, weights["stem/convolution"]), epsilon))
    halves = jnp.split(x, 2, axis=-1)
    for stage in (1, 2, 3):
        units = [f"stage{stage}/unit{index + 1}" for index in range(case["units"])]
        for index, unit in enumerate(units):
            stride = 2 if stage > 1 and index == 0 else 1
            if case["family"] == "resnet":
                x = residual_unit(weights, unit, x, stride, case)
            else:
                halves = reversible_unit(weights, unit, *halves, stride, case)
                kept = halves if index == 0 else kept
        if case["family"] == "revnet":
            back = halves
            for unit in reversed(units[1:]):
                back = inverse(weights, unit, *back, case)
            inverted.append(apart(back, kept))
    if case["family"] == "revnet":
        x = jnp.concatenate(halves, axis=-1)
    x = jax.nn.relu(batch_norm(weights, "head/norm", x, epsilon)).mean(axis=(1, 2))
    return x @ weights["classifier/weights"] + weights["classifier/bias"], jnp.stack(inverted or [jnp.zeros(())])


def compute(folder):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    weights = {name: jnp.asarray(value) for name, value in load_file(folder / "weights.safetensors").items()}
    batch = load_file(folder / "batch.safetensors")
    images, labels = jnp.asarray(batch["images"]), jnp.asarray(batch["labels"]).astype(jnp.int32)

    def loss_of(weights):
        logits, inverted = logits_of(weights, images, case)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
        return -chosen.mean(), inverted

    (loss, inverted), gradients = jax.jit(jax.value_and_grad(loss_of, has_aux=True))(weights)
    outputs = {"loss": loss.reshape(1), "inverted": inverted}
    outputs.update({f"gradient/{name}": value for name, value in gradients.items()})
    save_file({name: jax.device_get(value) for name, value in outputs.items()}, folder / "outputs.safetensors")


jax.config.update("jax_default_matmul_precision", "highest")
for argument in sys.argv[1:]:
    compute(Path(argument))
