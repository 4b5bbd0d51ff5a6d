/** The operations that networks need beyond tfjs's, as fused TensorFlow kernels with registered gradients. */
import {
  engine as tfjsEngine,
  expandDims,
  getBackend,
  Identity,
  mul,
  registerGradient,
  Relu,
  step,
  type NamedTensorMap,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { BatchStatistics, Operations } from '../operations.js';
import { backendName, tracingBackend } from './backend.js';
import { fusedNames } from './kernels/fused.js';
import { onDevice } from './placement.js';

const runKernel = (name: string, inputs: NamedTensorMap, attributes: Record<string, number> = {}): unknown =>
  tfjsEngine().runKernel(name, inputs, attributes);

/** A tensor made afresh from the same graph output is not on the tape. */
function stopGradient<T extends Tensor>(x: T): T {
  return tfjsEngine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }) as T;
}

function after<T extends Tensor>(x: T, earlier: readonly Tensor[]): T {
  const held = stopGradient(runKernel(Identity, { x }) as T);
  const { operation } = tracingBackend.output(held);
  for (const tensor of earlier)
    if (tracingBackend.deviceOf(tensor) !== undefined)
      tracingBackend.graph.hold(tracingBackend.output(tensor).operation, operation);
  return held;
}

function mask<T extends Tensor>(v: T, pre: Tensor): T {
  return runKernel(fusedNames.mask, { v, pre: stopGradient(pre) }) as T;
}

function fusedBatchNorm(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, epsilon: number): BatchStatistics {
  const [y, mean, unbiased] = runKernel(fusedNames.batchNorm, { x, scale, offset }, { epsilon }) as [
    Tensor4D,
    Tensor1D,
    Tensor1D,
  ];
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  // TensorFlow gives the variance with Bessel's correction.
  return { y, mean, variance: mul(unbiased, (count - 1) / count) };
}

const crossEntropy = (logits: Tensor2D, labels: Tensor1D): Tensor1D =>
  (runKernel(fusedNames.crossEntropy, { logits, labels }) as [Tensor1D, Tensor2D])[0];

export const tracedOperations: Operations = { onDevice, mask, stopGradient, after, fusedBatchNorm, crossEntropy };

registerGradient({
  kernelName: fusedNames.mask,
  inputsToSave: ['pre'],
  gradFunc: (dy, [pre]) => ({ v: () => mask(dy as Tensor, pre as Tensor) }),
});

// One kernel instead of tfjs's comparison, cast and product; and from the output, which the next op keeps anyway, so that
// the input's memory is free at once. The registry is global: on tfjs's own backends the gradient stays as it is.
registerGradient({
  kernelName: Relu,
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({
    x: () => (getBackend() === backendName ? mask(dy as Tensor, y as Tensor) : mul(dy as Tensor, step(y as Tensor))),
  }),
});

registerGradient({
  kernelName: fusedNames.batchNorm,
  inputsToSave: ['x', 'scale'],
  outputsToSave: [false, false, false, true, true, true],
  gradFunc: (dys, saved, attributes) => {
    const [x, scale, reserve1, reserve2, reserve3] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const dy = (dys as Tensor[])[0] as Tensor;
    let gradients: Tensor[] | undefined;
    const gradient = (index: number) => (): Tensor => {
      gradients ??= runKernel(
        fusedNames.batchNormGradient,
        { dy, x, scale, reserve1, reserve2, reserve3 },
        attributes as Record<string, number>,
      ) as Tensor[];
      return gradients[index] as Tensor;
    };
    return { x: gradient(0), scale: gradient(1), offset: gradient(2) };
  },
});

registerGradient({
  kernelName: fusedNames.crossEntropy,
  outputsToSave: [false, true],
  gradFunc: (dys, [logitsGradient]) => ({
    logits: () => mul(expandDims((dys as Tensor[])[0] as Tensor, 1), logitsGradient as Tensor),
  }),
});
