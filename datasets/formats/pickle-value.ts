/** What a pickle may hold, as far as it is understood here. */
import type { ByteReader, FileSlice } from './file-reader.js';
import { integers } from './npy.js';

/** Bytes in the file: as they are, or as UTF-8 of Latin-1 characters (how Python 3 writes bytes in protocol 2). */
export interface PickledBytes {
  readonly kind: 'bytes';
  readonly slice: FileSlice;
  readonly encoding: 'raw' | 'latin1-as-utf8';
}

/** A NumPy array; its fields are set by the BUILD that follows its creation. */
export interface PickledArray {
  readonly kind: 'array';
  shape: readonly number[];
  /** NumPy's type string, `|u1`, `<i8` … */
  descr: string;
  /** A string where they are few: one character a byte. */
  bytes: PickledBytes | string;
}

interface DataType {
  readonly kind: 'dtype';
  readonly type: string;
  byteOrder: string;
}

/** A global that may be called. */
interface Callable {
  readonly kind: 'callable';
  readonly call: (argument: readonly Pickled[]) => Pickled;
}

export type Pickled =
  | null
  | boolean
  | number
  | string
  | PickledBytes
  | PickledArray
  | DataType
  | Callable
  | Pickled[]
  | Map<Pickled, Pickled>;

/** Narrows a value to one of the object kinds. */
export function isKind<K extends 'bytes' | 'array' | 'dtype' | 'callable'>(
  value: Pickled | undefined,
  kind: K,
): value is Extract<Pickled, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

const createArray = (): PickledArray => ({ kind: 'array', shape: [], descr: '', bytes: '' });

/** What protocol 5 writes for an array: its bytes, type, shape and order of axes. */
function arrayOfBytes([bytes, type, shape, order]: readonly Pickled[]): PickledArray {
  const target = createArray();
  build(target, [1, shape ?? null, type ?? null, order !== 'C', bytes ?? null]);
  return target;
}

/** One number of an array, as NumPy pickles it. */
function scalar([type, bytes]: readonly Pickled[]): number {
  if (!isKind(type, 'dtype') || typeof bytes !== 'string') throw new Error('a NumPy number without type or bytes');
  const [value] = integers(Buffer.from(bytes, 'latin1'), `${type.byteOrder}${type.type}`, 'a NumPy number');
  if (value === undefined) throw new Error('a NumPy number without bytes');
  return value;
}

function createType([type]: readonly Pickled[]): DataType {
  if (typeof type !== 'string') throw new Error('a dtype without a name');
  return { kind: 'dtype', type, byteOrder: '|' };
}

/** All that may be called, and what it does here. Any other name is refused. */
export const callables: ReadonlyMap<string, Callable['call']> = new Map<string, Callable['call']>([
  ['numpy.core.multiarray _reconstruct', createArray],
  ['numpy._core.multiarray _reconstruct', createArray],
  ['numpy.core.numeric _frombuffer', arrayOfBytes],
  ['numpy._core.numeric _frombuffer', arrayOfBytes],
  ['numpy.core.multiarray scalar', scalar],
  ['numpy._core.multiarray scalar', scalar],
  ['numpy dtype', createType],
  // Bytes written as text: the encoding is Latin-1, which PickledBytes states.
  ['_codecs encode', ([text]) => text ?? null],
  // Named as an argument of _reconstruct, never called.
  ['numpy ndarray', () => null],
]);

/** Gives an array or a dtype its state, as NumPy's `__setstate__` would. */
export function build(target: Pickled, state: Pickled): void {
  if (!Array.isArray(state)) throw new Error('an object is built from what is no tuple');
  if (isKind(target, 'dtype')) {
    if (typeof state[1] === 'string') target.byteOrder = state[1];
    return;
  }
  if (!isKind(target, 'array')) throw new Error('an object of unknown type');
  const [, shape, type, fortran, bytes] = state;
  if (!Array.isArray(shape) || !isKind(type, 'dtype')) throw new Error('an array without shape or type');
  if (fortran !== false) throw new Error('an array stored column by column');
  if (typeof bytes !== 'string' && !isKind(bytes, 'bytes')) throw new Error('an array without bytes');
  target.shape = shape.map(Number);
  target.descr = `${type.byteOrder}${type.type}`;
  target.bytes = bytes;
}

/** The bytes of an array. */
export function arrayBytes({ bytes }: PickledArray, reader: ByteReader): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'latin1');
  const loaded = reader.load(bytes.slice);
  return bytes.encoding === 'raw' ? loaded : Buffer.from(loaded.toString('utf8'), 'latin1');
}
