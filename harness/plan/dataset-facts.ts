/** What a plan needs to know of a data set, without opening one. */
export { catalogue as datasetFacts } from '../../datasets/catalogue.js';

/** Data sets that a matrix may name. */
export const datasetNames = ['cifar10', 'cifar100', 'imagenet32', 'fashion-mnist', 'synthetic'] as const;
export type DatasetName = (typeof datasetNames)[number];
