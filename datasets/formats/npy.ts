/** Reads NumPy's array format, `.npy` (NEP 1): magic, version, a header that is a Python dict literal, then the data. */
import { Problem } from '../../harness/core/problem.js';

export interface NpyHeader {
  /** NumPy's type string, `|u1`, `<i8` … */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file to the data. */
  readonly dataOffset: number;
}

/** How many bytes of a file `parseNpyHeader` needs at most: version 1 headers have at most 65,535. */
export const npyHeaderLimit = 10 + 0xffff;

/** Parses the start of a `.npy` file. @throws Problem DATA_CORRUPT */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const corrupt = (what: string): Problem => new Problem('DATA_CORRUPT', `${file}: ${what}`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 10 || buffer.toString('latin1', 0, 6) !== '\x93NUMPY') throw corrupt('not a NumPy array');
  const [start, length] = buffer[6] === 1 ? [10, buffer.readUInt16LE(8)] : [12, buffer.readUInt32LE(8)];
  if (buffer.length < start + length) throw corrupt('its header is cut off');
  const text = buffer.toString('latin1', start, start + length);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined)
    throw corrupt(`a header that cannot be understood: ${text.trim().slice(0, 80)}`);
  const lengths = shape.split(',').filter((part) => part.trim() !== '');
  if (fortran === 'True' && lengths.length > 1) throw corrupt('stored column by column, which is not supported');
  return { descr, shape: lengths.map(Number), dataOffset: start + length };
}

/** How the integers of each of NumPy's types are read. */
const integerTypes: ReadonlyMap<string, readonly [size: number, read: (buffer: Buffer, at: number) => number]> =
  new Map([
    ['|u1', [1, (buffer, at) => buffer.readUInt8(at)]],
    ['|i1', [1, (buffer, at) => buffer.readInt8(at)]],
    ['<u2', [2, (buffer, at) => buffer.readUInt16LE(at)]],
    ['<i2', [2, (buffer, at) => buffer.readInt16LE(at)]],
    ['<u4', [4, (buffer, at) => buffer.readUInt32LE(at)]],
    ['<i4', [4, (buffer, at) => buffer.readInt32LE(at)]],
    ['<u8', [8, (buffer, at) => Number(buffer.readBigUInt64LE(at))]],
    ['<i8', [8, (buffer, at) => Number(buffer.readBigInt64LE(at))]],
  ]);

/** Integers from the raw bytes of an array of type `descr`. @throws Problem DATA_CORRUPT */
export function integers(bytes: Uint8Array, descr: string, file: string): Int32Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, read] = integerTypes.get(descr) ?? [0];
  if (read === undefined || buffer.length % size !== 0)
    throw new Problem(
      'DATA_CORRUPT',
      `${file}: labels of type ${descr} are not supported`,
      'Save them as integers: labels.astype("int64").',
    );
  return Int32Array.from({ length: buffer.length / size }, (_, i) => read(buffer, size * i));
}
