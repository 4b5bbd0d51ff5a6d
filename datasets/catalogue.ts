/** What is fixed about each data set: classes, sizes, official addresses and checksums. */
import { Problem } from '../harness/core/problem.js';

export const datasetNames = ['cifar10', 'cifar100', 'imagenet32', 'fashion-mnist', 'synthetic'] as const;
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

export interface CatalogueEntry {
  /** As a table names it. */
  readonly title: string;
  readonly classes: number;
  readonly trainCount: number;
  readonly validationCount: number;
  /** Folder of the official address, with a slash at its end; null where it cannot be fetched without an account. */
  readonly address: string | null;
  readonly files: readonly OfficialFile[];
}

/** MD5s as the owners publish them: https://www.cs.toronto.edu/~kriz/cifar.html, https://github.com/zalandoresearch/fashion-mnist. */
export const catalogue: Readonly<Record<DatasetName, CatalogueEntry>> = {
  cifar10: {
    title: 'CIFAR-10',
    classes: 10,
    trainCount: 50_000,
    validationCount: 10_000,
    address: 'https://www.cs.toronto.edu/~kriz/',
    files: [{ name: 'cifar-10-binary.tar.gz', md5: 'c32a1d4ab5d03f1284b67883e8d87530', size: 170_052_171 }],
  },
  cifar100: {
    title: 'CIFAR-100',
    classes: 100,
    trainCount: 50_000,
    validationCount: 10_000,
    address: 'https://www.cs.toronto.edu/~kriz/',
    files: [{ name: 'cifar-100-binary.tar.gz', md5: '03b5dce01913d631647c71ecec9e9cb8', size: 168_513_733 }],
  },
  imagenet32: {
    title: 'ImageNet32',
    classes: 1000,
    trainCount: 1_281_167,
    validationCount: 50_000,
    address: null,
    files: [],
  },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    classes: 10,
    trainCount: 60_000,
    validationCount: 10_000,
    address: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    files: [
      { name: 'train-images-idx3-ubyte.gz', md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
      { name: 'train-labels-idx1-ubyte.gz', md5: '25c81989df183df01b3e8a0aad5dffbe' },
      { name: 't10k-images-idx3-ubyte.gz', md5: 'bef4ecab320f06d8554ea6380940ec79' },
      { name: 't10k-labels-idx1-ubyte.gz', md5: 'bb300cfdad3c16e7a12a480ee83cd310' },
    ],
  },
  synthetic: {
    title: 'synthetic',
    classes: 10,
    trainCount: 2_048,
    validationCount: 512,
    address: null,
    files: [],
  },
};

/** @throws Problem DATASET_UNKNOWN */
export function parseDatasetName(name: string): DatasetName {
  const found = datasetNames.find((known) => known === name);
  if (found === undefined)
    throw new Problem('DATASET_UNKNOWN', `"${name}" is not a data set`, `Known ones: ${datasetNames.join(', ')}.`);
  return found;
}
