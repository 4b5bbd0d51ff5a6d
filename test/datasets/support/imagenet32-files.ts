/** Writes batches in the formats of ImageNet32's archives, small or large, in TypeScript. */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Images that differ from each other: byte i of image n. */
export const pixel = (n: number, i: number): number => (n * 31 + i * 7 + (i >> 10)) % 251;

export function pixelsOf(first: number, count: number): Buffer {
  const pixels = Buffer.alloc(count * 3072);
  for (let n = 0, at = 0; n < count; n++) for (let i = 0; i < 3072; i++, at++) pixels[at] = pixel(first + n, i);
  return pixels;
}

/** From 1, as the archives count. */
export const labelOf = (n: number): number => (n % 1000) + 1;

const opcode = (code: number, ...bytes: number[]): Buffer => Buffer.from([code, ...bytes]);
const int32 = (code: number, value: number): Buffer => {
  const buffer = Buffer.alloc(5);
  buffer[0] = code;
  buffer.writeUInt32LE(value, 1);
  return buffer;
};
const global = (module: string, name: string): Buffer => Buffer.from(`c${module}\n${name}\n`, 'latin1');

/** How Python 2 (strings are bytes) and Python 3 (protocol 3) differ in a pickle of bytes and text. */
interface Dialect {
  readonly protocol: number;
  text(value: string): Buffer;
  bytesHeader(length: number): Buffer;
}

export const python2: Dialect = {
  protocol: 2,
  text: (value) => Buffer.concat([opcode(0x55, value.length), Buffer.from(value, 'latin1')]),
  bytesHeader: (length) => int32(0x54, length),
};

export const python3: Dialect = {
  protocol: 3,
  text: (value) => Buffer.concat([int32(0x58, value.length), Buffer.from(value, 'utf8')]),
  bytesHeader: (length) => int32(0x42, length),
};

/** Everything before the pixels, and everything after them. */
export function pickledLists(
  count: number,
  lists: Readonly<Record<string, readonly number[]>>,
  dialect: Dialect,
): { head: Buffer; tail: Buffer } {
  const { text, bytesHeader, protocol } = dialect;
  const bytes = (value: string): Buffer =>
    protocol === 3 ? Buffer.concat([opcode(0x43, value.length), Buffer.from(value, 'latin1')]) : text(value);
  const head = Buffer.concat([
    opcode(0x80, protocol),
    opcode(0x7d), // {}
    opcode(0x71, 0),
    opcode(0x28),
    text('data'),
    global('numpy.core.multiarray', '_reconstruct'),
    global('numpy', 'ndarray'),
    opcode(0x4b, 0),
    opcode(0x85),
    bytes('b'),
    opcode(0x87),
    opcode(0x52),
    opcode(0x28),
    opcode(0x4b, 1),
    int32(0x4a, count),
    opcode(0x4d, 3072 & 0xff, 3072 >> 8),
    opcode(0x86),
    global('numpy', 'dtype'),
    text('u1'),
    opcode(0x4b, 0),
    opcode(0x4b, 1),
    opcode(0x87),
    opcode(0x52),
    opcode(0x28),
    opcode(0x4b, 3),
    text('|'),
    opcode(0x4e, 0x4e, 0x4e),
    int32(0x4a, 0xffffffff),
    int32(0x4a, 0xffffffff),
    opcode(0x4b, 0),
    opcode(0x74),
    opcode(0x62),
    opcode(0x89),
    bytesHeader(count * 3072),
  ]);
  const tail = Buffer.concat([
    opcode(0x74),
    opcode(0x62),
    ...Object.entries(lists).flatMap(([name, labels]) => [
      text(name),
      opcode(0x5d),
      opcode(0x28),
      ...labels.map((label) => opcode(0x4d, label & 0xff, label >> 8)),
      opcode(0x65),
    ]),
    opcode(0x75),
    opcode(0x2e),
  ]);
  return { head, tail };
}

/** The same with ImageNet32's labels, of images from `first` on. */
export const pickledFrame = (count: number, first: number, dialect: Dialect) =>
  pickledLists(count, { labels: Array.from({ length: count }, (_, n) => labelOf(first + n)) }, dialect);

/** A pickled batch of `count` images, the first one being `first`; written in pieces, so that it may be large. */
export async function writePickled(path: string, count: number, first: number, dialect = python3): Promise<void> {
  const { head, tail } = pickledFrame(count, first, dialect);
  const file = await open(path, 'w');
  await file.appendFile(head);
  for (let n = 0; n < count; n += 1000) await file.appendFile(pixelsOf(first + n, Math.min(1000, count - n)));
  await file.appendFile(tail);
  await file.close();
}

/** A `.npy` file of version 1. */
export function npy(descr: string, shape: readonly number[], data: Buffer): Buffer {
  const tuple = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from('\x93NUMPY\x01\x00\0\0', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), data]);
}

/** A zip archive of stored entries. */
export function zip(entries: Readonly<Record<string, Buffer>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt32LE(crc32(content), 14);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt32LE(content.length, 22);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(header, Buffer.from(name), content);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + content.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

export async function writeNpz(path: string, count: number, first: number): Promise<void> {
  const labels = Buffer.alloc(count * 8);
  for (let n = 0; n < count; n++) labels.writeBigInt64LE(BigInt(labelOf(first + n)), n * 8);
  await writeFile(
    path,
    zip({ 'data.npy': npy('|u1', [count, 3072], pixelsOf(first, count)), 'labels.npy': npy('<i8', [count], labels) }),
  );
}

/** Ten training batches of `each` images and a validation batch of `validation`, numbered on. */
export async function writeImagenet32(
  cacheFolder: string,
  each: number,
  validation: number,
  write: (path: string, count: number, first: number) => Promise<void>,
  extension = '',
): Promise<void> {
  const folder = join(cacheFolder, 'imagenet32', 'Imagenet32_train');
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= 10; number++)
    await write(join(folder, `train_data_batch_${number}${extension}`), each, (number - 1) * each);
  await write(join(cacheFolder, 'imagenet32', `val_data${extension}`), validation, 10 * each);
}
