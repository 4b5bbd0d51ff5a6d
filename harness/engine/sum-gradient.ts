/**
 * The gradient of a sum as a broadcast. tfjs's own multiplies by a tensor of ones as large as the summed one, which has
 * to be made in JavaScript and read again in every step; TensorFlow tiles, and so does this. Same values.
 */
import '@tensorflow/tfjs';
import { registerGradient, reshape, Sum, tile, unregisterGradient, util, type Tensor } from '@tensorflow/tfjs-core';

unregisterGradient(Sum);
registerGradient({
  kernelName: Sum,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { shape } = x as Tensor;
    const axes = new Set(util.parseAxisParam(attributes['axis'] as number[], [...shape]));
    return {
      x: () => {
        const kept = reshape(
          dy as Tensor,
          shape.map((size, axis) => (axes.has(axis) ? 1 : size)),
        );
        return tile(
          kept,
          shape.map((size, axis) => (axes.has(axis) ? size : 1)),
        );
      },
    };
  },
});
