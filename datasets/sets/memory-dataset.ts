/** Puts together a data set whose images are held in memory, as bytes. */
import { Problem } from '../../harness/core/problem.js';
import { catalogue, type DatasetName } from '../catalogue.js';
import { channelSums } from './channel-statistics.js';
import { datasetChecksumOf, partChecksum } from './checksum.js';
import type { Dataset } from '../dataset.js';
import { memorySet, type StoredImages } from './stored.js';

/** @throws Problem DATA_CORRUPT where a label is no class of this data set */
export function memoryDataset(
  name: DatasetName,
  train: StoredImages,
  validation: StoredImages,
  description: string,
): Dataset {
  const { classes } = catalogue[name];
  for (const part of [train, validation])
    for (const label of part.labels)
      if (label < 0 || label >= classes)
        throw new Problem(
          'DATA_CORRUPT',
          `${catalogue[name].title}: a label is ${label}, but there are ${classes} classes`,
        );
  const sums = channelSums(train.shape);
  sums.add(train.pixels);
  const { mean, deviation } = sums.result();
  return {
    name,
    classes,
    train: memorySet(train),
    validation: memorySet(validation),
    checksum: datasetChecksumOf(name, classes, partChecksum(train), partChecksum(validation)),
    channelMean: mean,
    channelDeviation: deviation,
    description,
    close: () => Promise.resolve(),
  };
}

/** `CIFAR-10` or `CIFAR-10, first 5,000 training images`. */
export function describeCount(name: DatasetName, trainImages: number | null): string {
  const { title, trainImages: all } = catalogue[name];
  if (trainImages === null || trainImages === all) return title;
  return `${title}, first ${trainImages.toLocaleString('en-US')} training images`;
}
