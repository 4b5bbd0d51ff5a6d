/** One published ImageNet32 batch, as `.npz` or pickled: where its pixels are, and its labels from 0 on. */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { Problem } from '../../../harness/core/problem.js';
import { pixelOrder, type PixelOrder } from '../batch-shape.js';
import { FileReader } from '../../formats/file-reader.js';
import { integers, parseNpyHeader } from '../../formats/npy.js';
import { readPickledBatch } from '../../formats/pickled-batch.js';
import type { PickledBytes } from '../../formats/pickle-value.js';
import { readZip, type ZipEntry } from '../../formats/zip.js';

export interface Imagenet32Batch {
  readonly labels: Int32Array;
  readonly order: PixelOrder;
  /** The pixels in chunks of any length, [count, 3, 32, 32] or [count, 32, 32, 3] in all. */
  readonly pixels: () => AsyncGenerator<Buffer, void>;
}

const classes = 1000;

/** @throws Problem DATA_CORRUPT */
export async function openBatch(file: string): Promise<Imagenet32Batch> {
  const batch = file.endsWith('.npz') ? await openNpz(file) : openPickled(file);
  // The archives count classes from 1.
  const labels = batch.labels.map((label) => label - 1);
  for (const label of labels)
    if (label < 0 || label >= classes) throw corrupt(file, `a label is ${label + 1}, and there are ${classes} classes`);
  return { ...batch, labels };
}

const corrupt = (file: string, what: string): Problem =>
  new Problem('DATA_CORRUPT', `${file}: ${what}`, 'Unpack or download it again.');

async function openNpz(file: string): Promise<Imagenet32Batch> {
  const entries = await readZip(file);
  const entry = (name: string): ZipEntry => {
    const found = entries.get(`${name}.npy`);
    if (found === undefined) throw corrupt(file, `it has no array "${name}"`);
    return found;
  };
  const labelBytes = Buffer.concat(await collect(entry('labels').content()));
  const labelHeader = parseNpyHeader(labelBytes, `${file}, labels`);
  const labels = integers(labelBytes.subarray(labelHeader.dataOffset), labelHeader.descr, file);
  const { shape, descr, dataOffset } = await headerOf(entry('data'), file);
  const order = pixelOrder(file, shape, descr, labels.length);
  return { labels, order, pixels: () => skipBytes(entry('data').content(), dataOffset) };
}

async function headerOf(entry: ZipEntry, file: string): Promise<ReturnType<typeof parseNpyHeader>> {
  // NumPy's headers of plain arrays are at most 128 bytes; the first chunk of a stream is far longer.
  for await (const chunk of entry.content()) return parseNpyHeader(chunk, `${file}, data`);
  throw corrupt(file, 'its array "data" is empty');
}

function openPickled(file: string): Imagenet32Batch {
  const reader = new FileReader(file);
  try {
    const { images, order, labels } = readPickledBatch(reader, file, ['labels']);
    const { bytes } = images;
    if (typeof bytes === 'string') throw corrupt(file, 'its array "data" is empty');
    return { labels: labels[0] ?? new Int32Array(), order, pixels: () => pickledBytes(file, bytes) };
  } finally {
    reader.close();
  }
}

async function* pickledBytes(file: string, { slice, encoding }: PickledBytes): AsyncGenerator<Buffer, void> {
  const decoder = new StringDecoder('utf8');
  const stream = createReadStream(file, { start: slice.offset, end: slice.offset + slice.length - 1 });
  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    yield encoding === 'raw' ? bytes : Buffer.from(decoder.write(bytes), 'latin1');
  }
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function* skipBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer, void> {
  let left = count;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
