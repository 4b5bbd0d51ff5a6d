/** What is fixed about each data set: its title, classes and sizes. */
import { Problem } from '../harness/core/problem.js';

export const datasetNames = ['cifar10', 'cifar100', 'imagenet32', 'stl10', 'fashion-mnist', 'synthetic'] as const;
export type DatasetName = (typeof datasetNames)[number];

export interface DatasetOptions {
  /** Folder that holds downloaded data; each data set has a folder of its own in it. */
  readonly cacheFolder: string;
  /** Use only the first so many training images; null: all (of Fashion-MNIST: the embedded 10,000). */
  readonly trainImages: number | null;
}

/** A file that can be downloaded. */
export interface OfficialFile {
  /** Last part of the address, and the name it is kept under. */
  readonly name: string;
  readonly md5: string;
  /** Bytes; checked where known. */
  readonly size?: number;
}

export interface DatasetFacts {
  /** As a table names it. */
  readonly title: string;
  /** Outputs of the classifier. */
  readonly classes: number;
  /** Of the whole set. */
  readonly trainImages: number;
  readonly validationImages: number;
  /** Height and width of an image as it is trained on. */
  readonly side: number;
  /** Which set can be trained on instead, where a profile allows that. */
  readonly standIn?: DatasetName;
}

/** The one list of what is fixed about each data set. */
export const catalogue: Readonly<Record<DatasetName, DatasetFacts>> = {
  cifar10: {
    title: 'CIFAR-10',
    classes: 10,
    trainImages: 50_000,
    validationImages: 10_000,
    side: 32,
    standIn: 'fashion-mnist',
  },
  cifar100: { title: 'CIFAR-100', classes: 100, trainImages: 50_000, validationImages: 10_000, side: 32 },
  imagenet32: { title: 'ImageNet32', classes: 1000, trainImages: 1_281_167, validationImages: 50_000, side: 32 },
  stl10: { title: 'STL-10', classes: 10, trainImages: 5_000, validationImages: 8_000, side: 96 },
  'fashion-mnist': { title: 'Fashion-MNIST', classes: 10, trainImages: 60_000, validationImages: 10_000, side: 32 },
  synthetic: { title: 'synthetic', classes: 10, trainImages: 2_048, validationImages: 512, side: 32 },
};

/** @throws Problem DATASET_UNKNOWN */
export function parseDatasetName(name: string): DatasetName {
  const found = datasetNames.find((known) => known === name);
  if (found === undefined)
    throw new Problem('DATASET_UNKNOWN', `"${name}" is not a data set`, `Known ones: ${datasetNames.join(', ')}.`);
  return found;
}
