/** Two things that tfjs's own differentiation lacks: operations of several outputs with a gradient of one's own, and gradients inside gradients. */
import { customGrad, engine as tfjsEngine, scalar, valueAndGrads, type Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';

/** The part of tfjs's engine that `customGrad` is made of; private in its types, stable since tfjs 2. */
interface KernelRunner {
  runKernelFunc(parameters: {
    readonly forwardFunc: () => Tensor[];
    readonly backwardsFunc: (dys: Tensor | Tensor[]) => Record<string, () => Tensor>;
    readonly inputs: Record<string, Tensor>;
  }): Tensor[];
}

/**
 * As `customGrad`, with several outputs: `forward` is computed off the tape, and the gradients of `inputs` are what
 * `backward` makes of those of the outputs.
 */
export function withGradient(
  inputs: readonly Tensor[],
  forward: () => Tensor[],
  backward: (gradients: readonly Tensor[]) => readonly Tensor[],
): Tensor[] {
  return (tfjsEngine() as unknown as KernelRunner).runKernelFunc({
    forwardFunc: forward,
    backwardsFunc: (gradients) => {
      const found = backward(Array.isArray(gradients) ? gradients : [gradients]);
      return Object.fromEntries(found.map((gradient, index) => [index, () => gradient]));
    },
    inputs: Object.fromEntries(inputs.map((input, index) => [index, input])),
  });
}

/**
 * The vector-Jacobian product of `build`: gradients of `inputs`, from `gradients` of the values that it computes. Can be
 * used in a backward pass of tfjs's.
 * @param between is given the values before they are differentiated, off the tape; keep what it makes
 */
export function differentiate(
  build: () => readonly Tensor[],
  inputs: readonly Tensor[],
  gradients: readonly Tensor[],
  between: (values: readonly Tensor[]) => void = () => undefined,
): Tensor[] {
  // The end of the tape: a value that stands for nothing, from which the given gradients go back to the values.
  const end = customGrad((...values: unknown[]) => {
    between(values.slice(0, -1) as Tensor[]);
    return { value: scalar(0), gradFunc: () => [...gradients] };
  });
  const { state } = tfjsEngine();
  // tfjs forgets the tape that it walks when it walks another one.
  const outer = state.activeTape;
  try {
    return valueAndGrads(() => end(...build()))([...inputs]).grads;
  } finally {
    state.activeTape = outer;
  }
}
