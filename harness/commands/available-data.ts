/** Which data sets are here, in the words that a plan wants. */
import { datasetChecksum } from '../../datasets/open.js';
import { datasetNames, type DatasetName } from '../experiment/cell.js';
import { datasetFacts } from '../experiment/dataset-facts.js';
import type { DatasetAvailability } from '../experiment/machine.js';
import { Problem } from '../problem.js';

/** Images in the part of Fashion-MNIST that comes with the project. */
const embeddedImages = 10_000;

export async function availableData(cacheFolder: string): Promise<Record<DatasetName, DatasetAvailability>> {
  const entries = await Promise.all(
    datasetNames.map(async (name) => [name, await availability(name, cacheFolder)] as const),
  );
  return Object.fromEntries(entries) as Record<DatasetName, DatasetAvailability>;
}

async function availability(name: DatasetName, cacheFolder: string): Promise<DatasetAvailability> {
  try {
    const checksum = await datasetChecksum(name, { cacheFolder, trainImages: null });
    const trainImages = name === 'fashion-mnist' ? embeddedImages : datasetFacts[name].trainImages;
    return { available: true, checksum, trainImages };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { available: false, reason: [error.message, error.hint].filter(Boolean).join('. ').replaceAll('..', '.') };
  }
}
