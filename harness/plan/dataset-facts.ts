/** What a plan needs to know of a data set, without opening one. */

export const datasetNames = ['cifar10', 'cifar100', 'imagenet32', 'fashion-mnist', 'synthetic'] as const;
export type DatasetName = (typeof datasetNames)[number];

interface DatasetFacts {
  /** Outputs of the classifier. */
  readonly classes: number;
  /** As a table shows it. */
  readonly title: string;
  /** Of the whole set. */
  readonly trainImages: number;
  readonly validationImages: number;
}

export const datasetFacts: Readonly<Record<DatasetName, DatasetFacts>> = {
  cifar10: { classes: 10, title: 'CIFAR-10', trainImages: 50_000, validationImages: 10_000 },
  cifar100: { classes: 100, title: 'CIFAR-100', trainImages: 50_000, validationImages: 10_000 },
  imagenet32: { classes: 1000, title: 'ImageNet32', trainImages: 1_281_167, validationImages: 50_000 },
  'fashion-mnist': { classes: 10, title: 'Fashion-MNIST', trainImages: 60_000, validationImages: 10_000 },
  synthetic: { classes: 10, title: 'synthetic', trainImages: 2_048, validationImages: 512 },
};
