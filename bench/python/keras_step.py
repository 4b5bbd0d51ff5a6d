"""The step in Keras under tf.function: `python keras_step.py <workload folder> [fused]`.

`fused`: batch normalisation by TensorFlow's fused kernel, where Keras' own layer is several operations.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import tensorflow as tf

from peer import Workload, serve

workload = Workload(sys.argv[1])
fused = "fused" in sys.argv[2:]
layers = keras.layers


class FusedBatchNormalization(layers.Layer):
    """In training mode, running averages included."""

    def __init__(self, epsilon, momentum, name):
        super().__init__(name=name)
        self.epsilon = epsilon
        self.momentum = momentum

    def build(self, shape):
        channels = (shape[-1],)
        self.gamma = self.add_weight(shape=channels, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=channels, initializer="zeros", name="beta")
        self.moving_mean = self.add_weight(shape=channels, initializer="zeros", trainable=False, name="mean")
        self.moving_variance = self.add_weight(shape=channels, initializer="ones", trainable=False, name="variance")

    def call(self, x):
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x,
            scale=self.gamma,
            offset=self.beta,
            mean=[],
            variance=[],
            epsilon=self.epsilon,
            is_training=True,
        )
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * self.momentum + value * (1 - self.momentum))
        return y


class Mask(layers.Layer):
    """v * 1[pre > 0], without a gradient to pre."""

    def call(self, v, pre):
        return tf.where(pre > 0, v, tf.zeros_like(v))


def named(name):
    return name.replace("/", ".")


def norm(name, x):
    kind = FusedBatchNormalization if fused else layers.BatchNormalization
    return kind(epsilon=workload.epsilon, momentum=workload.batchNormDecay, name=named(name))(x)


def convolution(name, channels):
    return layers.Conv2D(channels, 3, padding="same", use_bias=False, name=named(name))


class Unit:
    """F(x) and F'(x1) v of one residual unit, on the same kernels."""

    def __init__(self, name, channels):
        self.name = name
        self.a = convolution(f"{name}/convolutionA", channels)
        self.b = convolution(f"{name}/convolutionB", channels)

    def branch(self, x):
        inner = self.a(norm(f"{self.name}/normA", x))
        return norm(f"{self.name}/normC", self.b(layers.ReLU()(norm(f"{self.name}/normB", inner))))

    def derivative(self, x1, v):
        if v is x1:  # v * 1[v > 0] is ReLU
            return self.b(layers.ReLU()(self.a(x1)))
        return self.b(Mask()(self.a(v), self.a(x1)))


def stage(number, channels, x):
    units = [Unit(f"stage{number}/unit{index + 1}", channels) for index in range(workload.units_per_stage)]
    if workload.family == "wrn":
        for unit in units:
            x = layers.Add()([x, unit.branch(x)])
        return x
    for one, two in zip(units[::2], units[1::2]):
        branch = one.branch(x)
        derivative = two.derivative(x, x if workload.family == "warpnet1" else branch)
        x = layers.Add()([x, branch, two.branch(x), derivative])
    return x


def build_model():
    images = keras.Input(workload.image_shape[1:], batch_size=workload.batch)
    x = convolution("stem/convolution", 16)(images)
    x = layers.ReLU()(norm("stem/norm", x))
    width = 16
    for index, channels in enumerate(workload.stage_channels):
        if index > 0:
            x = layers.AveragePooling2D(2)(x)
        if channels > width:
            x = layers.Concatenate()([x] * (channels // width))
        x = stage(index + 1, channels, x)
        width = channels
    x = layers.ReLU()(norm("head/norm", x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Dense(workload.classes, name="classifier")(x))


model = build_model()
parts = {"kernel": "", "gamma": "/scale", "beta": "/offset"}
for layer in model.layers:
    for variable in layer.trainable_variables:
        name = layer.name.replace(".", "/")
        if name == "classifier":
            name += "/weights" if variable.name == "kernel" else "/bias"
        else:
            name += parts[variable.name]
        variable.assign(workload.initial[name])

optimizer = keras.optimizers.SGD(workload.learningRate, momentum=workload.momentum)
weights = model.trainable_variables
optimizer.build(weights)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train(images, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images, training=True))
    gradients = tape.gradient(loss, weights)
    # Keras' own `weight_decay` is decoupled from the momentum; this is L2 decay.
    optimizer.apply([g + workload.weightDecay * w for g, w in zip(gradients, weights)], weights)
    return loss


serve(
    sum(int(tf.size(weight.value)) for weight in weights),
    lambda: train(tf.constant(workload.images), tf.constant(workload.labels)).numpy(),
)
