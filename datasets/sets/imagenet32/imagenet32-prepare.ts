/**
 * Turns ImageNet32's batches into two flat files that any image can be read from by its number: compressed npz and pickles
 * cannot be. Everything is streamed; a few megabytes are in memory at a time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../../harness/core/files/make-folder.js';
import { orSystemProblem } from '../../../harness/core/system-problem.js';
import { Problem } from '../../../harness/core/problem.js';
import { toPlanes } from '../batch-shape.js';
import { channelSums } from '../channel-statistics.js';
import { labelBytes, sha256 } from '../checksum.js';
import { checkSpace } from '../../../harness/core/files/disk-space.js';
import { elsewhere } from '../../elsewhere.js';
import { exclusively } from '../../download/exclusive.js';
import { openBatch } from './imagenet32-batch.js';
import { findBatches, imagenetFolder, type Batches } from './imagenet32-batches.js';
import { imageSize } from '../stored.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const partSchema = z.strictObject({
  count: z.number().int().min(1),
  images: hash,
  labels: hash,
  mean: z.tuple([z.number(), z.number(), z.number()]),
  deviation: z.tuple([z.number(), z.number(), z.number()]),
});
/** What is known of the first `count` images of a part. */
export type PreparedPart = z.infer<typeof partSchema>;

const recordSchema = z.strictObject({
  format: z.literal(1),
  sources: z.array(z.strictObject({ name: z.string(), size: z.number(), mtimeMs: z.number() })),
  train: partSchema,
  validation: partSchema,
});
export type PreparedRecord = z.infer<typeof recordSchema>;

/** How many images the published archives hold; a test's own files hold fewer. */
export interface ExpectedCounts {
  readonly train: number;
  readonly validation: number;
}

export const preparedFolder = (cacheFolder: string): string => join(imagenetFolder(cacheFolder), 'prepared');
export const pixelFile = (part: 'train' | 'validation'): string => `${part}-pixels.u8`;
export const labelFile = (part: 'train' | 'validation'): string => `${part}-labels.i32`;

/** The prepared files, if they are there, whole, and not older than the batches. */
export async function preparedRecord(cacheFolder: string): Promise<PreparedRecord | undefined> {
  const folder = preparedFolder(cacheFolder);
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(join(folder, 'prepared.json'), 'utf8')));
    for (const part of ['train', 'validation'] as const) {
      if ((await stat(join(folder, pixelFile(part)))).size !== record[part].count * imageSize) return undefined;
      if ((await stat(join(folder, labelFile(part)))).size !== record[part].count * 4) return undefined;
    }
    // The batches may be deleted once they are prepared; if they are there, they must be those that were used.
    const { batches } = await findBatches(cacheFolder);
    if (batches && JSON.stringify(await describe(batches)) !== JSON.stringify(record.sources)) return undefined;
    return record;
  } catch {
    return undefined;
  }
}

async function describe(batches: Batches): Promise<PreparedRecord['sources']> {
  return await Promise.all(
    [...batches.train, batches.validation].map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return { name: file.slice(file.lastIndexOf('/') + 1), size, mtimeMs };
    }),
  );
}

/** Cuts chunks of any length into blocks of whole images. */
async function* blocks(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer, void> {
  const block = Buffer.alloc(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(block, filled, at);
      at += copied;
      filled += copied;
      if (filled === size) {
        yield block;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

const workingPrefix = 'preparing-';

/** Images handled at a time: 3 MB. */
const blockImages = 1024;

async function preparePart(
  folder: string,
  part: 'train' | 'validation',
  files: readonly string[],
  progress: (images: number) => void,
): Promise<PreparedPart> {
  const images = createHash('sha256');
  const sums = channelSums([3, 32, 32]);
  const labels: Int32Array[] = [];
  let done = 0;
  const pixels = await open(join(folder, pixelFile(part)), 'w');
  try {
    for (const file of files) {
      const batch = await openBatch(file);
      let bytes = 0;
      for await (const block of blocks(batch.pixels(), blockImages * imageSize)) {
        bytes += block.length;
        if (block.length % imageSize !== 0) break;
        if (batch.order === 'interleaved') toPlanes(block);
        images.update(block);
        sums.add(block);
        await pixels.writeFile(block);
        progress(done + bytes / imageSize);
      }
      if (bytes !== batch.labels.length * imageSize)
        throw new Problem('DATA_CORRUPT', `${file}: its images are cut off`, 'Unpack or download it again.');
      done += batch.labels.length;
      labels.push(batch.labels);
    }
    await pixels.sync();
  } finally {
    await pixels.close();
  }
  const all = new Int32Array(done);
  let at = 0;
  for (const some of labels) {
    all.set(some, at);
    at += some.length;
  }
  await writeFile(join(folder, labelFile(part)), labelBytes(all), { flush: true });
  const { mean, deviation } = sums.result();
  return {
    count: done,
    images: images.digest('hex'),
    labels: sha256(labelBytes(all)),
    mean: [...mean],
    deviation: [...deviation],
  };
}

/**
 * Prepares the batches unless that has been done; of two processes that ask at once one works and one waits.
 * @throws Problem DATA_MISSING, DATA_CORRUPT, DISK_FULL
 */
export async function prepareImagenet32(
  cacheFolder: string,
  expected: ExpectedCounts,
  progress: (images: number) => void = () => undefined,
): Promise<PreparedRecord> {
  const existing = await preparedRecord(cacheFolder);
  if (existing) return existing;
  const folder = imagenetFolder(cacheFolder);
  const { batches, missing, hint } = await findBatches(cacheFolder);
  if (!batches) throw new Problem('DATA_MISSING', `ImageNet32: ${missing}`, hint);
  makeFolder(folder, elsewhere);
  return await exclusively(join(folder, 'prepare.lock'), 'preparing ImageNet32', async () => {
    const meanwhile = await preparedRecord(cacheFolder);
    if (meanwhile) return meanwhile;
    return await orSystemProblem({ path: folder, doing: 'prepare ImageNet32 in', elsewhere }, () =>
      prepare(cacheFolder, batches, expected, progress),
    );
  });
}

async function prepare(
  cacheFolder: string,
  batches: Batches,
  expected: ExpectedCounts,
  progress: (images: number) => void,
): Promise<PreparedRecord> {
  const folder = imagenetFolder(cacheFolder);
  const sources = await describe(batches);
  // Whoever left these was killed: no one else works while this one does.
  for (const left of await readdir(folder))
    if (left.startsWith(workingPrefix)) await rm(join(folder, left), { recursive: true, force: true });
  await checkSpace(
    folder,
    (expected.train + expected.validation) * (imageSize + 4),
    'ImageNet32 as flat files',
    elsewhere,
  );
  const working = join(folder, `${workingPrefix}${randomUUID()}`);
  await mkdir(working);
  try {
    const train = await preparePart(working, 'train', batches.train, progress);
    const validation = await preparePart(working, 'validation', [batches.validation], (images) =>
      progress(train.count + images),
    );
    for (const [part, count] of [
      ['training', [train.count, expected.train]],
      ['validation', [validation.count, expected.validation]],
    ] as const)
      if (count[0] !== count[1])
        throw new Problem(
          'DATA_CORRUPT',
          `ImageNet32 should have ${count[1]} ${part} images; the files hold ${count[0]}`,
        );
    const record: PreparedRecord = { format: 1, sources, train, validation };
    await writeFile(join(working, 'prepared.json'), `${JSON.stringify(record, null, 2)}\n`, { flush: true });
    const target = preparedFolder(cacheFolder);
    await rm(target, { recursive: true, force: true });
    await rename(working, target);
    return record;
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

/** What is known of the first `count` training images, from the prepared files; computed once. */
export async function firstTrainImages(cacheFolder: string, count: number): Promise<PreparedPart> {
  const folder = preparedFolder(cacheFolder);
  const record = join(folder, `train-${count}.json`);
  try {
    return partSchema.parse(JSON.parse(await readFile(record, 'utf8')));
  } catch {
    // Not computed yet.
  }
  const images = createHash('sha256');
  const sums = channelSums([3, 32, 32]);
  const pixels = await open(join(folder, pixelFile('train')));
  try {
    for await (const block of blocks(
      pixels.createReadStream({ end: count * imageSize - 1, autoClose: false }),
      blockImages * imageSize,
    )) {
      images.update(block);
      sums.add(block);
    }
  } finally {
    await pixels.close();
  }
  const labels = (await readFile(join(folder, labelFile('train')))).subarray(0, count * 4);
  const { mean, deviation } = sums.result();
  const part: PreparedPart = {
    count,
    images: images.digest('hex'),
    labels: sha256(labels),
    mean: [...mean],
    deviation: [...deviation],
  };
  const temporary = `${record}.${randomUUID()}`;
  // A folder that cannot be written to only costs time at the next start.
  await writeFile(temporary, JSON.stringify(part))
    .then(() => rename(temporary, record))
    .catch(() => undefined);
  return part;
}
