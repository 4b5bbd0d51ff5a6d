/** Reads IDX files, the format of MNIST and Fashion-MNIST: a big-endian header, then uint8 items. */
import { Problem } from '../../harness/core/problem.js';

export interface IdxFile {
  /** [count, …]. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Parses the unpacked bytes of an IDX file of uint8 values. @throws Problem DATA_CORRUPT */
export function parseIdx(bytes: Uint8Array, file: string): IdxFile {
  const corrupt = (what: string): Problem =>
    new Problem('DATA_CORRUPT', `${file}: ${what}`, 'Fetch or unpack it again.');
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) throw corrupt('not an IDX file');
  if (bytes[2] !== 0x08) throw corrupt('an IDX file, but not of unsigned bytes');
  const dimensions = bytes[3] ?? 0;
  const header = 4 + 4 * dimensions;
  if (dimensions < 1 || bytes.length < header) throw corrupt('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + size)
    throw corrupt(`${bytes.length - header} bytes of data where its header announces ${size}`);
  return { shape, data: bytes.subarray(header) };
}
