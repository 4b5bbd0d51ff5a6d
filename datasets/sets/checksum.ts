/**
 * A data set's checksum: SHA-256 over its name, and over the shape and the bytes of each of its parts, as stored. It does
 * not depend on the file format: the same images give the same checksum from npz and from pickled batches.
 */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { StoredImages, StoredShape } from './stored.js';

/** SHA-256 (hex) of one part's pixels ([count, ...shape], uint8) and labels (int32, little-endian). */
export interface PartChecksum {
  readonly count: number;
  readonly shape: StoredShape;
  readonly images: string;
  readonly labels: string;
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Labels as their bytes. */
export function labelBytes(labels: Int32Array): Uint8Array {
  if (endianness() !== 'LE') throw new Error('Internal error: checksums need a little-endian machine');
  return new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength);
}

export function partChecksum(stored: StoredImages): PartChecksum {
  return {
    count: stored.count,
    shape: stored.shape,
    images: sha256(stored.pixels),
    labels: sha256(labelBytes(stored.labels)),
  };
}

/** The checksum that goes into a job's id. */
export function datasetChecksumOf(
  name: string,
  classes: number,
  train: PartChecksum,
  validation: PartChecksum,
): string {
  const lines = [`dataset ${name}, ${classes} classes`];
  for (const [title, part] of [
    ['train', train],
    ['validation', validation],
  ] as const) {
    lines.push(`${title} images uint8 ${[part.count, ...part.shape].join('x')} ${part.images}`);
    lines.push(`${title} labels int32 ${part.count} ${part.labels}`);
  }
  return sha256(`${lines.join('\n')}\n`);
}
