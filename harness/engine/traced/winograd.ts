/**
 * Convolutions of 3 x 3 kernels by Winograd's algorithm on CPUs: operations of the project's own (`engine/winograd/`), each in place
 * of one of TensorFlow's. The graph that is recorded stays TensorFlow's; only what stands behind an operation is another one.
 */
import koffi from 'koffi';
import { openForGood } from '../../setup/shared-library.js';
import type { TensorFlow } from '../native/c-api.js';
import { checked } from '../native/status.js';
import type { GraphOperation, GraphOutput } from '../tracing/graph.js';

/** Paths of libraries whose operations TensorFlow knows; it can be told once a process. */
const registered = new Map<string, boolean>();

/**
 * Makes a library's operations known to TensorFlow, once a process.
 * @param path a library that set-up has built (`setup/winograd.ts`)
 * @returns whether this machine has the instructions and the library opens
 * @throws TensorFlowError where TensorFlow refuses the operations
 */
export function openWinograd(tensorflow: TensorFlow, path: string): boolean {
  const known = registered.get(path);
  if (known !== undefined) return known;
  const opened = openForGood(path) === undefined && registerOperations(tensorflow, path);
  registered.set(path, opened);
  return opened;
}

function registerOperations(tensorflow: TensorFlow, path: string): boolean {
  const library = koffi.load(path);
  if (library.func('int winograd_supported()')() === 0) return false;
  const register = library.func('void winograd_register(void* status)');
  checked(tensorflow, (status) => {
    register(status);
  });
  return true;
}

/** What stands behind an operation. */
export interface WinogradOperation {
  readonly type: string;
  /** Of its output. */
  readonly shape: readonly number[];
}

/** @returns undefined where an operation stays TensorFlow's */
export function winogradOperation(operation: GraphOperation): WinogradOperation | undefined {
  const output = outputOf(operation);
  if (output === undefined || !slidesByOne(operation)) return undefined;
  const { images, kernel, shape } = output;
  const [height, width, ...channels] = kernel;
  const [, rows = 0, columns = 0] = images.shape;
  const suits =
    images.dtype === 'float32' &&
    height === 3 &&
    width === 3 &&
    channels.every((count) => count % lanes === 0) &&
    // Tiles of 4 x 4 outputs: of smaller images most of a tile is outside.
    Math.min(rows, columns) >= 4;
  return suits ? { type: `Winograd${operation.type}`, shape } : undefined;
}

/** Numbers of channels are multiples of this: those of the longest vector instructions. */
const lanes = 16;

interface Convolution {
  readonly images: GraphOutput;
  /** [height, width, in, out]. */
  readonly kernel: readonly number[];
  readonly shape: readonly number[];
}

function outputOf({ type, inputs }: GraphOperation): Convolution | undefined {
  const [first, second, third] = inputs;
  if (first === undefined || second === undefined) return undefined;
  switch (type) {
    case 'Conv2D':
      return { images: first, kernel: second.shape, shape: [...first.shape.slice(0, 3), ...second.shape.slice(3)] };
    case 'Conv2DBackpropInput':
      return third && { images: third, kernel: second.shape, shape: numbersOf(first) };
    case 'Conv2DBackpropFilter':
      return third && { images: third, kernel: numbersOf(second), shape: numbersOf(second) };
    default:
      return undefined;
  }
}

/** The shape that a constant carries; empty for what is computed. */
function numbersOf({ operation }: GraphOutput): readonly number[] {
  const value = operation.attributes['value'];
  return value !== undefined && 'tensor' in value ? [...value.tensor.values] : [];
}

/** Whether the kernel moves by one pixel, undilated, over an image that it leaves as large as it was. */
function slidesByOne({ attributes }: GraphOperation): boolean {
  const ones = (name: string): boolean => {
    const value = attributes[name];
    return value === undefined || ('ints' in value && value.ints.every((step) => step === 1));
  };
  const padding = attributes['padding'];
  return (
    ones('strides') && ones('dilations') && padding !== undefined && 'string' in padding && padding.string === 'SAME'
  );
}
