/** The tfjs operations of the networks with the gradients that tfjs derives, as they appear in a TensorFlow graph. */
import { firstOf, sizeOf, type Shape, type StepRecorder, type Symbolic } from './recorder.js';

const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** Shape of an element-wise operation; one operand is at most broadcast along leading axes or axes of extent 1. */
const broadcast = (a: Shape, b: Shape): Shape => (sizeOf(a) >= sizeOf(b) ? a : b);

/** Reduces a gradient to the shape of a broadcast operand. */
const reduced = (r: StepRecorder, dy: Symbolic, shape: Shape): Symbolic =>
  sameShape(dy.shape, shape) ? dy : r.emitOne('Sum', [dy], shape);

export function add(r: StepRecorder, a: Symbolic, b: Symbolic): Symbolic {
  const y = r.emitOne('AddV2', [a, b], broadcast(a.shape, b.shape));
  return r.taped([a, b], y, (dy) => [() => reduced(r, dy, a.shape), () => reduced(r, dy, b.shape)]);
}

export function subtract(r: StepRecorder, a: Symbolic, b: Symbolic): Symbolic {
  const y = r.emitOne('Sub', [a, b], broadcast(a.shape, b.shape));
  return r.taped([a, b], y, (dy) => [
    () => reduced(r, dy, a.shape),
    () => {
      const sum = reduced(r, dy, b.shape);
      return r.emitOne('Neg', [sum], b.shape);
    },
  ]);
}

export function multiply(r: StepRecorder, a: Symbolic, b: Symbolic): Symbolic {
  const shape = broadcast(a.shape, b.shape);
  const y = r.emitOne('Mul', [a, b], shape);
  return r.taped([a, b], y, (dy) => [
    () => reduced(r, r.emitOne('Mul', [dy, b], shape), a.shape),
    () => reduced(r, r.emitOne('Mul', [dy, a], shape), b.shape),
  ]);
}

export function square(r: StepRecorder, x: Symbolic): Symbolic {
  const y = r.emitOne('Square', [x], x.shape);
  return r.taped([x], y, (dy) => [() => r.emitOne('Mul', [dy, r.emitOne('Mul', [x], x.shape)], x.shape)]);
}

/** Mean over all axes but the last, as a sum times a number; the gradient of the sum is spread by one `Tile`. */
export function channelMean(r: StepRecorder, x: Symbolic): Symbolic {
  const channels = [x.shape.at(-1) ?? 1];
  const sum = r.taped([x], r.emitOne('Sum', [x], channels), (dy) => [() => r.emitOne('Tile', [dy], x.shape)]);
  return r.taped([sum], r.emitOne('Mul', [sum], channels), (dy) => [() => r.emitOne('Mul', [dy], channels)]);
}

/** 1 / sqrt(x + epsilon) of a vector. */
export function inverseDeviation(r: StepRecorder, variance: Symbolic): Symbolic {
  const { shape } = variance;
  const y = r.emitOne('Rsqrt', [r.emitOne('AddV2', [variance], shape)], shape);
  return r.taped([variance], y, (dy) => [
    () => {
      const power = r.emitOne('Mul', [r.emitOne('Pow', [variance], shape)], shape);
      return r.emitOne('Neg', [r.emitOne('RealDiv', [dy, power], shape)], shape);
    },
  ]);
}

/** 3x3 convolution, same padding, stride 1: x [b, h, w, c], kernel [3, 3, c, d]. */
export function convolution(r: StepRecorder, x: Symbolic, kernel: Symbolic): Symbolic {
  const shape = [...x.shape.slice(0, 3), kernel.shape[3] ?? 1];
  const flops = convolutionFlops(shape, kernel.shape);
  const y = r.emitOne('Conv2D', [x, kernel], shape, flops);
  return r.taped([x, kernel], y, (dy) => [
    () => r.emitOne('Conv2DBackpropInput', [kernel, dy], x.shape, flops),
    () => r.emitOne('Conv2DBackpropFilter', [x, dy], kernel.shape, flops),
  ]);
}

/** The transposed convolution `Conv^T(v)`, for reading R4. */
export function transposedConvolution(r: StepRecorder, v: Symbolic, kernel: Symbolic): Symbolic {
  const shape = [...v.shape.slice(0, 3), kernel.shape[2] ?? 1];
  const flops = convolutionFlops(v.shape, kernel.shape);
  const y = r.emitOne('Conv2DBackpropInput', [kernel, v], shape, flops);
  return r.taped([v, kernel], y, (dy) => [
    () => r.emitOne('Conv2D', [dy, kernel], v.shape, flops),
    () => r.emitOne('Conv2DBackpropFilter', [dy, v], kernel.shape, flops),
  ]);
}

const convolutionFlops = (output: Shape, kernel: Shape): number => 2 * sizeOf(kernel.slice(0, 3)) * sizeOf(output);

/** A kernel reversed along two axes, as the derivatives of the authors' codes use it; which two changes no cost. */
export function reversed(r: StepRecorder, kernel: Symbolic): Symbolic {
  const y = r.emitOne('ReverseV2', [kernel], kernel.shape);
  return r.taped([kernel], y, (dy) => [() => r.emitOne('ReverseV2', [dy], kernel.shape)]);
}

export function relu(r: StepRecorder, x: Symbolic): Symbolic {
  const y = r.emitOne('Relu', [x], x.shape);
  return r.taped([x], y, (dy) => [() => r.emitOne('ReluGrad', [dy, y], x.shape)]);
}

/** `v * 1[pre > 0]`: one kernel forward and backward; nothing flows to `pre`. */
export function mask(r: StepRecorder, v: Symbolic, pre: Symbolic): Symbolic {
  const y = r.emitOne('ReluGrad', [v, pre], v.shape);
  return r.taped([v], y, (dy) => [() => r.emitOne('ReluGrad', [dy, pre], v.shape)]);
}

/** `1[pre > 0]` as numbers; no gradient. */
export const indicator = (r: StepRecorder, pre: Symbolic): Symbolic =>
  r.emitOne('Cast', [r.emitOne('Greater', [pre], pre.shape)], pre.shape);

/** Mean over windows of size x size, stride the same. */
export function averagePool(r: StepRecorder, x: Symbolic, size: number): Symbolic {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const y = r.emitOne('AvgPool', [x], [batch, height / size, width / size, channels]);
  return r.taped([x], y, (dy) => [() => r.emitOne('AvgPoolGrad', [dy], x.shape)]);
}

/** `copies` of x side by side along the channels (or x beside zeros, where one part carries a gradient). */
export function widen(r: StepRecorder, x: Symbolic, copies: number, kind: 'copies' | 'zeros'): Symbolic {
  if (copies === 1) return x;
  const parts = kind === 'copies' ? new Array<Symbolic>(copies).fill(x) : [x, zerosBeside(r, x, copies - 1)];
  const y = r.emitOne('ConcatV2', parts, [...x.shape.slice(0, -1), (x.shape.at(-1) ?? 1) * copies]);
  return r.taped(parts, y, (dy) => {
    const pieces = r.emit(
      'SplitV',
      [dy],
      parts.map((part) => part.shape),
    );
    return pieces.map((piece) => () => piece);
  });
}

const zerosBeside = (r: StepRecorder, x: Symbolic, times: number): Symbolic =>
  r.emitOne('Fill', [], [...x.shape.slice(0, -1), (x.shape.at(-1) ?? 1) * times]);

/** Fully connected layer with bias: x [b, c], weights [c, q], bias [q]. */
export function dense(r: StepRecorder, x: Symbolic, weights: Symbolic, bias: Symbolic): Symbolic {
  const [batch = 1, channels = 1] = x.shape;
  const classes = weights.shape[1] ?? 1;
  const flops = 2 * batch * channels * classes;
  const product = r.emitOne('BatchMatMulV2', [x, weights], [batch, classes], flops);
  const y = r.taped([x, weights], product, (dy) => [
    () => r.emitOne('BatchMatMulV2', [dy, weights], x.shape, flops),
    () => r.emitOne('BatchMatMulV2', [x, dy], weights.shape, flops),
  ]);
  return add(r, y, bias);
}

/** Shape only. */
export function reshape(r: StepRecorder, x: Symbolic, shape: Shape): Symbolic {
  const y = r.emitOne('Reshape', [x], shape);
  return r.taped([x], y, (dy) => [() => r.emitOne('Reshape', [dy], x.shape)]);
}

/** Softmax cross-entropy summed over the batch, a scalar. */
export function crossEntropySum(r: StepRecorder, logits: Symbolic, labels: Symbolic): Symbolic {
  const batch = [logits.shape[0] ?? 1];
  const [perImage, backprop] = r.emit('SparseSoftmaxCrossEntropyWithLogits', [logits, labels], [batch, logits.shape]);
  if (perImage === undefined || backprop === undefined)
    throw new Error('Internal error: cross-entropy has two outputs');
  const losses = r.taped([logits], perImage, (dy) => [() => r.emitOne('Mul', [dy, backprop], logits.shape)]);
  return r.taped([losses], r.emitOne('Sum', [losses], []), (dy) => [() => r.emitOne('Tile', [dy], batch)]);
}

/** A sum over a part of the batch as its share of the mean over the whole batch. */
export const scaleLoss = (r: StepRecorder, sum: Symbolic): Symbolic =>
  r.taped([sum], r.emitOne('Mul', [sum], []), (dy) => [() => r.emitOne('Mul', [dy], [])]);

/** A normalised batch with the statistics that running averages are fed with. */
export interface Normalised {
  readonly y: Symbolic;
  readonly mean: Symbolic;
  readonly variance: () => Symbolic;
}

/** Training-mode batch normalisation as one kernel forward and one backward. */
export function fusedBatchNorm(r: StepRecorder, x: Symbolic, scale: Symbolic, offset: Symbolic): Normalised {
  const channels = scale.shape;
  const outputs = r.emit(
    'FusedBatchNormV3',
    [x, scale, offset],
    [x.shape, channels, channels, channels, channels, channels],
  );
  const saved = outputs.slice(3);
  const y = r.taped([x, scale, offset], firstOf(outputs), (dy) => {
    let results: Symbolic[] | undefined;
    const part = (index: number) => () => {
      results ??= r.emit('FusedBatchNormGradV3', [dy, x, scale, ...saved], [x.shape, channels, channels, [0], [0]]);
      return at(results, index);
    };
    return [part(0), part(1), part(2)];
  });
  // TensorFlow's variance has Bessel's correction, which is taken out.
  return { y, mean: at(outputs, 1), variance: () => r.emitOne('Mul', [at(outputs, 2)], channels) };
}

function at(outputs: readonly Symbolic[], index: number): Symbolic {
  const output = outputs[index];
  if (output === undefined) throw new Error(`Internal error: no output ${index}`);
  return output;
}

/** The same from separate reductions and element-wise operations, every one on tfjs's own tape. */
export function momentsBatchNorm(r: StepRecorder, x: Symbolic, scale: Symbolic, offset: Symbolic): Normalised {
  const mean = channelMean(r, x);
  const centred = subtract(r, x, mean);
  const variance = channelMean(r, square(r, centred));
  const factor = multiply(r, scale, inverseDeviation(r, variance));
  return { y: add(r, multiply(r, centred, factor), offset), mean, variance: () => variance };
}

/** Moves a running average of the current device towards a batch's value. */
export function updateStatistic(r: StepRecorder, value: Symbolic): void {
  const { shape } = value;
  const kept = r.emitOne('Mul', [r.variable(shape, 1)], shape);
  r.emit('AssignVariableOp', [r.emitOne('AddV2', [kept, r.emitOne('Mul', [value], shape)], shape)], []);
}

/** A tensor of another device, received once: the gradients of its uses are added here and cross back once. */
export function receive(r: StepRecorder, x: Symbolic): Symbolic {
  const y = r.emitOne('Identity', [x], x.shape);
  return r.taped([x], y, (dy) => [() => dy]);
}
