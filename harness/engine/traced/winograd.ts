/**
 * Convolutions of 3 x 3 kernels by Winograd's algorithm on CPUs: operations of the project's own (`engine/winograd/`), each in place
 * of one of TensorFlow's. The graph that is recorded stays TensorFlow's; only what stands behind an operation is another one.
 */
import koffi from 'koffi';
import { openForGood } from '../../setup/shared-library.js';
import { convolutionRules } from '../dry/shapes/convolution.js';
import { attribute, inputOf } from '../dry/shapes/rule.js';
import type { TensorFlow } from '../native/c-api.js';
import { checked } from '../native/status.js';
import type { GraphOperation } from '../tracing/graph.js';

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
  const rule = convolutionRules[operation.type];
  const placed = imagesAt[operation.type];
  if (rule === undefined || placed === undefined || !slidesByOne(operation)) return undefined;
  const { dtype, shape: images } = inputOf(operation, placed);
  const [output] = rule(operation);
  if (output === undefined) return undefined;
  const [height, width, ...channels] =
    operation.type === 'Conv2DBackpropFilter' ? output.shape : inputOf(operation, 1).shape;
  const [, rows = 0, columns = 0] = images;
  const suits =
    dtype === 'float32' &&
    height === 3 &&
    width === 3 &&
    channels.every((count) => count % lanes === 0) &&
    // Tiles of 4 x 4 outputs: of smaller images most of a tile is outside.
    Math.min(rows, columns) >= 4;
  return suits ? { type: `Winograd${operation.type}`, shape: output.shape } : undefined;
}

/** Numbers of channels are multiples of this: those of the longest vector instructions. */
const lanes = 16;

/** Which input of an operation has the images, or their gradient. */
const imagesAt: Readonly<Record<string, number>> = { Conv2D: 0, Conv2DBackpropInput: 2, Conv2DBackpropFilter: 2 };

/** Whether the kernel moves by one pixel, undilated, over an image that it leaves as large as it was. */
const slidesByOne = (operation: GraphOperation): boolean =>
  ['strides', 'dilations'].every((name) => attribute(operation, name, 'ints')?.every((step) => step === 1) ?? true) &&
  attribute(operation, 'padding', 'string') === 'SAME';
