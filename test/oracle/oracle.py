"""An outside oracle: the networks once more, in JAX, from the paper's formulas alone.

usage: oracle.py FOLDER...     each holds case.json, checkpoint.safetensors, batch.safetensors; outputs.safetensors is written

case        {"family": "wrn" | "warpnet1" | "warpnet2", "K", "units", "kw", "derivative": "R1" | "released" | "port", "epsilon"}
checkpoint  every weight by its name; momentum and running averages are left aside
batch       "images" [batch, height, width, 3], "labels" [batch]
outputs     "logits", "loss", and "gradient/<name>" of every weight

F' is jax.jvp of the unit without batch normalisation, so nothing here knows of masks.
"""

import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
from safetensors.numpy import load_file, save_file


def convolve(x, kernel):
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def batch_norm(weights, name, x, epsilon):
    mean = jnp.mean(x, axis=(0, 1, 2))
    variance = jnp.var(x, axis=(0, 1, 2))
    return (x - mean) / jnp.sqrt(variance + epsilon) * weights[f"{name}/scale"] + weights[f"{name}/offset"]


def branch(weights, unit, x, epsilon):
    """F(x): BN, Conv, BN, ReLU, Conv, BN."""
    x = batch_norm(weights, f"{unit}/normA", x, epsilon)
    x = convolve(x, weights[f"{unit}/convolutionA"])
    x = jax.nn.relu(batch_norm(weights, f"{unit}/normB", x, epsilon))
    x = convolve(x, weights[f"{unit}/convolutionB"])
    return batch_norm(weights, f"{unit}/normC", x, epsilon)


def derivative(weights, unit, x, v, kind):
    """F'(x) v, without batch normalisation."""
    kernel_a, kernel_b = weights[f"{unit}/convolutionA"], weights[f"{unit}/convolutionB"]
    if kind in ("released", "port"):
        axes = {"released": (1, 2), "port": (0, 1)}[kind]  # of [height, width, in, out]
        pattern = (convolve(v, jnp.flip(kernel_a, axes)) > 0).astype(x.dtype)
        return convolve(pattern, jnp.flip(kernel_b, axes))

    def bare_unit(y):
        return convolve(jax.nn.relu(convolve(y, kernel_a)), kernel_b)

    _, tangent = jax.jvp(bare_unit, (x,), (v,))
    return tangent


def warp_layer(weights, units, x, case):
    """Theorem 1 without the terms that the experiments drop (method of the paper, section 4)."""
    epsilon, kind = case["epsilon"], case["derivative"]
    outputs = [branch(weights, unit, x, epsilon) for unit in units]
    total = x + sum(outputs)
    for j in range(1, len(units)):
        if case["family"] == "warpnet1":
            total = total + derivative(weights, units[j], x, x, kind)
        else:
            for i in range(j):
                total = total + derivative(weights, units[j], x, outputs[i], kind)
    return total


def pool(x):
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def logits_of(weights, images, case):
    epsilon, kw, group = case["epsilon"], case["kw"], case["K"]
    x = jax.nn.relu(batch_norm(weights, "stem/norm", convolve(images, weights["stem/convolution"]), epsilon))
    for stage in (1, 2, 3):
        if stage > 1:
            x = pool(x)
        copies = 16 * kw * 2 ** (stage - 1) // x.shape[-1]
        x = jnp.concatenate([x] * copies, axis=-1)
        units = [f"stage{stage}/unit{index + 1}" for index in range(case["units"])]
        if case["family"] == "wrn":
            for unit in units:
                x = x + branch(weights, unit, x, epsilon)
        else:
            for first in range(0, len(units), group):
                x = warp_layer(weights, units[first : first + group], x, case)
    x = jax.nn.relu(batch_norm(weights, "head/norm", x, epsilon)).mean(axis=(1, 2))
    return x @ weights["classifier/weights"] + weights["classifier/bias"]


def is_weight(name):
    return not name.startswith("momentum/") and not name.endswith(("/mean", "/variance"))


def compute(folder):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    checkpoint = load_file(folder / "checkpoint.safetensors")
    weights = {name: jnp.asarray(value) for name, value in checkpoint.items() if is_weight(name)}
    batch = load_file(folder / "batch.safetensors")
    images, labels = jnp.asarray(batch["images"]), jnp.asarray(batch["labels"]).astype(jnp.int32)

    def loss_of(weights):
        logits = logits_of(weights, images, case)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
        return -chosen.mean(), logits

    (loss, logits), gradients = jax.jit(jax.value_and_grad(loss_of, has_aux=True))(weights)
    outputs = {"loss": loss.reshape(1), "logits": logits}
    outputs.update({f"gradient/{name}": value for name, value in gradients.items()})
    save_file({name: jax.device_get(value) for name, value in outputs.items()}, folder / "outputs.safetensors")


jax.config.update("jax_default_matmul_precision", "highest")
for argument in sys.argv[1:]:
    compute(Path(argument))
