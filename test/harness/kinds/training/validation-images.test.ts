/** Evaluation on the first validation images alone, where a profile asks for that. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { datasetChecksum, openDataset } from '../../../../datasets/open.js';
import { openErrorParts } from '../../../../harness/kinds/training/error-parts.js';
import { validationImagesOf } from '../../../../harness/kinds/training/job.js';
import { warpnet } from '../../../support/papers.js';
import { execution, trainingJob } from '../../../support/run-folders.js';

async function labelsSeen(validationImages?: number): Promise<{ images: number; labels: number[] }> {
  const options = { cacheFolder: tmpdir(), trainImages: 64 };
  const job = trainingJob(
    { steps: 1, batch: 8, ...(validationImages === undefined ? {} : { validationImages }) },
    { dataChecksum: await datasetChecksum('synthetic', options), trainImages: 64 },
  );
  await warpnet.loadModels();
  const parts = await openErrorParts(job, execution({ engine: 'cpu', devices: 'cpu:1', dataCache: tmpdir() }));
  try {
    const { validation } = await parts.prepare();
    const labels: number[] = [];
    for await (const batch of validation.batches()) labels.push(...batch.labels);
    return { images: validation.images, labels };
  } finally {
    await parts.close();
  }
}

it('sees each of the first so many images once, whether or not a batch divides them', async () => {
  const all = await labelsSeen();
  expect(all.labels).toHaveLength(512);
  const { validation } = await openDataset('synthetic', { cacheFolder: tmpdir(), trainImages: 64 });
  expect(all.images).toBe(validation.count);
  for (const wanted of [64, 101, 300]) {
    const { images, labels } = await labelsSeen(wanted);
    expect(images).toBe(wanted);
    expect(labels).toEqual(all.labels.slice(0, wanted));
  }
});

it('never asks for more than there are', () => {
  const { training } = trainingJob({ validationImages: 2000 });
  expect(validationImagesOf(training, 512)).toBe(512);
  expect(validationImagesOf(training, 10_000)).toBe(2000);
  expect(validationImagesOf(trainingJob({}).training, 10_000)).toBe(10_000);
});
