/** How data sets, protocols and metrics are called in front of a reader. */
import type { DatasetName } from '../../plan/dataset-facts.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { Metric, VerdictOutcome } from './quantity.js';

export const datasetTitles: Record<DatasetName, string> = {
  cifar10: 'CIFAR-10',
  cifar100: 'CIFAR-100',
  imagenet32: 'ImageNet 32x32',
  'fashion-mnist': 'Fashion-MNIST',
  synthetic: 'synthetic images',
};

/** Title of a data set by its id, or the id itself where it is not one of ours. */
export const datasetTitle = (id: string): string => (id in datasetTitles ? datasetTitles[id as DatasetName] : id);

export const metricTitles: Record<Metric, string> = {
  error: 'Error (%)',
  top5: 'Top-5 error (%)',
  rs: 'RS (%)',
  parameters: 'Parameters',
  loss: 'Final training loss (nats)',
  'step-time': 'Step (ms)',
};

export const tableNames: Readonly<Record<string, string>> = {
  table2: 'Table 2',
  table3: 'Table 3',
  table4: 'Table 4',
  table5: 'Table 5',
  figure2: 'Figure 2',
  width: 'Width series',
  readings: 'Readings',
  seeds: 'Seeds',
};

export const outcomes: readonly VerdictOutcome[] = ['reproduced', 'not reproduced', 'not comparable', 'not run'];

const profileBanners: Record<ExperimentPlan['profile'], string | null> = {
  quick:
    'Quick profile: errors come from smaller networks and shorter training than the paper’s; step times from the paper’s own networks.',
  auto: 'Profile auto: step times of the paper’s networks; errors from smaller networks and shorter training.',
  paper: null,
};
export const profileBanner = (profile: ExperimentPlan['profile']): string | null => profileBanners[profile];
