/** Kernels with several outputs: batch normalisation, softmax cross-entropy. */
import { inputOf, type ShapeRules } from './rule.js';

export const fusedRules: ShapeRules = {
  // y, mean, variance and three reserves; the last one's shape is the kernel's own business, TensorFlow says nothing of it.
  FusedBatchNormV3: (operation) => {
    const x = inputOf(operation, 0);
    const channels = { dtype: 'float32', shape: [x.shape.at(-1) ?? 1] } as const;
    return [
      { dtype: x.dtype, shape: x.shape },
      ...Array.from({ length: 4 }, () => channels),
      { dtype: 'float32', shape: [] },
    ];
  },
  // dx, d scale, d offset, and two that are empty.
  FusedBatchNormGradV3: (operation) => {
    const x = inputOf(operation, 1);
    const channels = { dtype: 'float32', shape: [x.shape.at(-1) ?? 1] } as const;
    const nothing = { dtype: 'float32', shape: [0] } as const;
    return [{ dtype: x.dtype, shape: x.shape }, channels, channels, nothing, nothing];
  },
  // Loss of each image, and its gradient with respect to the logits.
  SparseSoftmaxCrossEntropyWithLogits: (operation) => {
    const { dtype, shape } = inputOf(operation, 0);
    return [
      { dtype, shape: shape.slice(0, 1) },
      { dtype, shape },
    ];
  },
};
