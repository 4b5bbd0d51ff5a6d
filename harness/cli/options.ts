/** Options that several commands share, as the command line gives them. */
import type { Options } from 'yargs';
import { profileNames, type ProfileName } from '../plan/profile/profile-name.js';
import { Problem } from '../core/problem.js';

export const experimentOptions = {
  all: { type: 'boolean', default: false, describe: 'Every table, Figure 2 and the width series' },
  profile: {
    choices: profileNames,
    default: 'auto' as const,
    describe: 'How much of the work: quick, paper (days of GPU time) or auto',
  },
  protocol: { type: 'string', array: true, describe: 'Instead of the profile’s protocols: paper, released-code …' },
  devices: { type: 'string', describe: 'cpu, cpu:2, gpu, gpu:0,2 or gpu:0/4; by default all GPUs, else every core' },
  engine: {
    choices: ['traced', 'eager', 'cpu'] as const,
    default: 'traced' as const,
    describe: 'What computes a step',
  },
  seeds: { type: 'string', describe: 'A number of seeds (3) or a list of them (0,1,7)' },
  set: { type: 'string', array: true, describe: 'Change one option: derivative=R3, training.steps=200' },
  only: { type: 'string', array: true, describe: 'Only cells whose id begins or whose title contains this' },
  'reports-folder': { type: 'string', describe: 'Where runs and reports are kept (reports/)' },
  'data-cache': { type: 'string', describe: 'Where downloaded data sets are kept (datasets/cache/)' },
  executor: { choices: ['local', 'slurm'] as const, default: 'local' as const, describe: 'What starts the cells' },
  site: { type: 'string', describe: 'What the Slurm cluster wants (slurm.yaml; docs/slurm.md)' },
  json: { type: 'boolean', default: false, describe: 'Print JSON' },
} as const satisfies Record<string, Options>;

export const runOptions = {
  'keep-going': { type: 'boolean', default: true, describe: 'Go on when a cell fails' },
  quiet: { type: 'boolean', default: false, describe: 'No progress' },
  trace: { type: 'boolean', default: false, describe: 'Write a profile of one step of each cell' },
  deterministic: {
    type: 'boolean',
    default: false,
    describe: 'Repeatable results on GPUs, slower (`bench deterministic` says by how much)',
  },
  tf32: { type: 'boolean', default: false, describe: 'Allow TF32 on GPUs' },
  tensorboard: { type: 'boolean', default: false, describe: 'Write TensorBoard event files' },
  projection: { type: 'boolean', default: true, describe: 'Project speed-ups that cannot be measured here' },
  jobs: { type: 'number', describe: 'At most so many cells at once; of Slurm, jobs in the queue' },
  detach: { type: 'boolean', default: false, describe: 'Submit to Slurm and return; status, wait and cancel follow' },
} as const satisfies Record<string, Options>;

/** What `clean` can delete. */
export const cleanTargets = ['runs', 'failed', 'checkpoints', 'reports', 'data', 'native'] as const;
export type CleanTarget = (typeof cleanTargets)[number];

export interface ExperimentArguments {
  readonly tables?: readonly string[] | undefined;
  /** A matrix file of the user's own. */
  readonly file?: string | undefined;
  readonly all: boolean;
  readonly profile: ProfileName;
  readonly protocol?: readonly string[] | undefined;
  readonly devices?: string | undefined;
  readonly engine: 'traced' | 'eager' | 'cpu';
  readonly seeds?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly reportsFolder?: string | undefined;
  readonly dataCache?: string | undefined;
  readonly executor: 'local' | 'slurm';
  readonly site?: string | undefined;
  readonly json: boolean;
  readonly projection?: boolean | undefined;
}

export interface RunArguments extends ExperimentArguments {
  readonly keepGoing: boolean;
  readonly quiet: boolean;
  readonly trace: boolean;
  readonly deterministic: boolean;
  readonly tf32: boolean;
  readonly tensorboard: boolean;
  readonly projection: boolean;
  readonly detach: boolean;
  readonly jobs?: number | undefined;
}

/** `3`: seeds 0, 1, 2; `0,1,7`: those. @throws Problem SEEDS_INVALID */
export function parseSeeds(text: string): number[] {
  const hint = 'A number of seeds (--seeds 3 is 0, 1, 2) or a list of them (--seeds 0,1,7).';
  if (!/^\d{1,9}(,\d{1,9})*,?$/.test(text))
    throw new Problem('SEEDS_INVALID', `"${text}" is not a list of seeds`, hint);
  const numbers = text
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  const [only] = numbers;
  if (text.includes(',') || only === undefined) {
    if (new Set(numbers).size < numbers.length)
      throw new Problem('SEEDS_INVALID', `"${text}" names a seed twice`, hint);
    return numbers;
  }
  if (only < 1 || only > 1000) throw new Problem('SEEDS_INVALID', `${only} seeds are not between 1 and 1000`, hint);
  return Array.from({ length: only }, (_, seed) => seed);
}
