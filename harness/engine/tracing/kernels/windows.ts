/** Windows that slide over images, as tfjs and TensorFlow write them: extents, strides, padding. */
import { Problem } from '../../../core/problem.js';
import { intVector } from '../constants.js';
import type { Attribute, GraphOutput } from '../graph.js';
import type { KernelCall } from './kernel.js';

type ExplicitPadding = readonly (readonly [number, number])[];
export type Padding = 'valid' | 'same' | number | ExplicitPadding;

/** One number for each of `count` axes; a single number stands for all, and 1 where there is none. */
export function perAxis(value: unknown, count: number): number[] {
  const numbers = [value ?? 1].flat() as number[];
  return Array.from({ length: count }, (_, axis) => numbers[axis] ?? numbers[0] ?? 1);
}

/** For batch, the axes of the image, and channels, as TensorFlow's lists have them: the image's values between ones. */
export const overImage = (value: unknown, axes = 2): Attribute => ({ ints: [1, ...perAxis(value, axes), 1] });

/** Strides, dilations and padding as TensorFlow's convolutions over `axes` axes take them. */
export function convolutionAttributes(call: KernelCall, axes = 2): Record<string, Attribute> {
  return {
    strides: overImage(call.attributes['strides'], axes),
    dilations: overImage(call.attributes['dilations'], axes),
    ...paddingAttributes(call.attributes['pad'] as Padding),
  };
}

export function paddingAttributes(pad: Padding): Record<string, Attribute> {
  if (pad === 'same' || pad === 'valid') return { padding: { string: pad.toUpperCase() } };
  if (isZero(pad)) return { padding: { string: 'VALID' } };
  return { padding: { string: 'EXPLICIT' }, explicit_paddings: { ints: explicitPadding(pad, 2).flat() } };
}

/** What is added before and after each axis: batch, the axes of the image, channels. */
export function explicitPadding(pad: number | ExplicitPadding, axes: number): ExplicitPadding {
  if (typeof pad !== 'number') return pad;
  return [[0, 0], ...Array.from({ length: axes }, (): [number, number] => [pad, pad]), [0, 0]];
}

export const isZero = (pad: Padding): boolean => typeof pad !== 'string' && [pad].flat(2).every((size) => size === 0);

/** Window, strides and padding as TensorFlow's pools over `axes` axes take them. @throws Problem PADDING_UNSUPPORTED */
export function poolingAttributes(call: KernelCall, axes = 2): Record<string, Attribute> {
  const pad = call.attributes['pad'] as Padding;
  const padding = isZero(pad) ? 'valid' : pad;
  if (padding !== 'valid' && padding !== 'same')
    throw new Problem(
      'PADDING_UNSUPPORTED',
      'the traced engine pools with same or valid padding',
      'Pad the tensor first.',
    );
  return {
    ksize: overImage(call.attributes['filterSize'], axes),
    strides: overImage(call.attributes['strides'], axes),
    padding: { string: padding.toUpperCase() },
  };
}

const toLast = [0, 2, 3, 1];
const toFirst = [0, 3, 1, 2];

/**
 * The call in NHWC, the only format that TensorFlow's kernels for CPUs take: `images` are transposed, and so are padding and input
 * shape. Returns the output's way back, which is none where the call was in NHWC.
 */
export function channelsLast(
  call: KernelCall,
  images: readonly string[],
): { call: KernelCall; back: (image: GraphOutput) => GraphOutput } {
  if (call.attributes['dataFormat'] !== 'NCHW') return { call, back: (image) => image };
  const transposed = (image: GraphOutput, order: readonly number[]): GraphOutput =>
    call.graph.output('Transpose', [image, intVector(call.graph, order)]);
  const { pad, inputShape } = call.attributes as { pad: Padding; inputShape?: number[] };
  const inOrder = <T>(list: readonly T[]): T[] => toLast.flatMap((axis) => list.slice(axis, axis + 1));
  return {
    call: {
      ...call,
      input: (name) => (images.includes(name) ? transposed(call.input(name), toLast) : call.input(name)),
      attributes: {
        ...call.attributes,
        dataFormat: 'NHWC',
        pad: typeof pad === 'object' ? inOrder(pad) : pad,
        ...(inputShape === undefined ? {} : { inputShape: inOrder(inputShape) }),
      },
    },
    back: (image) => transposed(image, toFirst),
  };
}
