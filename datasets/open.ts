/** The door to every data set. */
import { Problem } from '../harness/core/problem.js';
import { catalogue, parseDatasetName, type DatasetOptions } from './catalogue.js';
export type { DatasetOptions } from './catalogue.js';
import { cifarChecksum, openCifar } from './sets/cifar.js';
import type { Dataset } from './dataset.js';
import { fashionMnistChecksum, openFashionMnist } from './sets/fashion-mnist.js';
import { imagenet32Checksum, openImagenet32 } from './sets/imagenet32/imagenet32.js';
import { openStl10, stl10Checksum } from './sets/stl10.js';
import { openSynthetic, syntheticChecksum } from './sets/synthetic.js';

function checkCount(name: keyof typeof catalogue, trainImages: number | null): void {
  const { title, trainImages: all } = catalogue[name];
  if (trainImages !== null && (!Number.isInteger(trainImages) || trainImages < 1 || trainImages > all))
    throw new Problem(
      'DATA_TOO_FEW',
      `${trainImages} training images of ${title} are asked for`,
      `It has ${all}: name a whole number from 1 to that, or null for all.`,
    );
}

/**
 * Opens a data set: images as uint8 [side, side, 3], checked against what is recorded of them.
 * @throws Problem DATASET_UNKNOWN, DATA_TOO_FEW, DATA_MISSING, DATA_CORRUPT
 */
export async function openDataset(name: string, options: DatasetOptions): Promise<Dataset> {
  const known = parseDatasetName(name);
  checkCount(known, options.trainImages);
  switch (known) {
    case 'fashion-mnist':
      return await openFashionMnist(options);
    case 'synthetic':
      return openSynthetic(options);
    case 'cifar10':
    case 'cifar100':
      return await openCifar(known, options);
    case 'stl10':
      return await openStl10(options);
    case 'imagenet32':
      return await openImagenet32(options);
  }
}

/**
 * The checksum that the opened data set will have, without reading all of it where it is recorded or remembered.
 * @throws Problem as openDataset
 */
export async function datasetChecksum(name: string, options: DatasetOptions): Promise<string> {
  const known = parseDatasetName(name);
  checkCount(known, options.trainImages);
  switch (known) {
    case 'fashion-mnist':
      return await fashionMnistChecksum(options);
    case 'synthetic':
      return options.trainImages === null ? syntheticChecksum : openSynthetic(options).checksum;
    case 'cifar10':
    case 'cifar100':
      return await cifarChecksum(known, options);
    case 'stl10':
      return await stl10Checksum(options);
    case 'imagenet32':
      return await imagenet32Checksum(options);
  }
}
