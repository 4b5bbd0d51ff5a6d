/** Machines to expand for. */
import type { DatasetName } from '../../harness/plan/dataset-facts.js';
import type { DatasetAvailability, Machine } from '../../harness/plan/machine.js';

const here = (checksum: string, trainImages: number): DatasetAvailability => ({
  available: true,
  checksum,
  trainImages,
});
const missing = (reason: string): DatasetAvailability => ({ available: false, reason });

export const everyDataset: Readonly<Record<DatasetName, DatasetAvailability>> = {
  cifar10: here('c10', 50_000),
  cifar100: here('c100', 50_000),
  imagenet32: here('i32', 1_281_167),
  stl10: here('s10', 5_000),
  'fashion-mnist': here('fm', 10_000),
  synthetic: here('s', 2_048),
};

/** A fresh clone on two cores: nothing but the embedded Fashion-MNIST. */
export const twoCores: Machine = {
  devices: { kind: 'cores', count: 2 },
  deviceCount: 2,
  hardware: 'Some CPU',
  cores: 2,
  engine: 'traced',
  memoryBytes: 24e9,
  datasets: {
    ...everyDataset,
    cifar10: missing('npm run reproduce -- data cifar10 fetches it.'),
    cifar100: missing('npm run reproduce -- data cifar100 fetches it.'),
    imagenet32: missing('It needs an account.'),
    stl10: missing('npm run reproduce -- data stl10 fetches it.'),
  },
};

/** What the authors had, and every data set. */
export const fourCards: Machine = {
  devices: { kind: 'gpu', cards: [0, 1, 2, 3], logicalPerCard: 1 },
  deviceCount: 4,
  hardware: 'Some GPU',
  cores: 32,
  engine: 'traced',
  memoryBytes: 80e9,
  datasets: everyDataset,
};
