/** Which data sets are here, in the words that a plan wants. */
import { embeddedCount } from '../../../datasets/sets/fashion-mnist.js';
import { datasetChecksum } from '../../../datasets/open.js';
import { datasetStatus, type DatasetStatus } from '../../../datasets/status.js';
import type { DatasetName } from '../dataset-facts.js';
import type { DatasetAvailability } from '../machine.js';
import { Problem } from '../../core/problem.js';

/**
 * @param names data sets that the experiment may use; a checksum can cost a while, so others are left out
 * @param counts numbers of leading training images that the experiment asks for (`wantedImageCounts`)
 */
export async function availableData(
  cacheFolder: string,
  names: ReadonlySet<string>,
  counts: readonly number[],
): Promise<Record<DatasetName, DatasetAvailability>> {
  const status = await datasetStatus(cacheFolder);
  const entries = await Promise.all(
    status.map(async (one) => {
      const unused = { available: false, reason: 'No row asks for it.' } as const;
      return [one.name, names.has(one.name) ? await availability(one, cacheFolder, counts) : unused] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<DatasetName, DatasetAvailability>;
}

async function availability(
  { name, title, available, missing, trainImages }: DatasetStatus,
  cacheFolder: string,
  counts: readonly number[],
): Promise<DatasetAvailability> {
  if (!available) return { available: false, reason: missing ?? `${title} is not here.` };
  const checksum = (trainImages: number | null) => datasetChecksum(name, { cacheFolder, trainImages });
  try {
    const parts = await Promise.all(counts.map(async (count) => [count, await orNone(checksum(count))] as const));
    return {
      available: true,
      checksum: await checksum(null),
      // Its official set may have been fetched, but is used only when more are asked for.
      trainImages: name === 'fashion-mnist' ? embeddedCount : trainImages,
      partChecksums: new Map(parts.flatMap(([count, sum]) => (sum === undefined ? [] : [[count, sum]]))),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { available: false, reason: [error.message, error.hint ?? ''].join('. ').trim() };
  }
}

/** Undefined where so many images cannot be had. */
async function orNone(checksum: Promise<string>): Promise<string | undefined> {
  try {
    return await checksum;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
