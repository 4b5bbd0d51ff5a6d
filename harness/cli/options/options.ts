/** Options that several commands share, as the command line gives them. */
import { profileNames } from '../../plan/profile/profile-name.js';
import type { ArgumentsOf, OptionTable, PositionalTable } from '../command.js';

export const experimentOptions = {
  all: { type: 'boolean', default: false, describe: 'Every table of the paper' },
  paper: { type: 'string', describe: 'Whose tables are meant; all: every paper’s (the first one’s)' },
  profile: {
    choices: profileNames,
    default: 'auto' as const,
    describe: 'How much of the work: quick, paper (days of GPU time) or auto',
  },
  budget: {
    type: 'string',
    describe: 'Time to spend (2h, 90m): the paper’s own networks at one seed, what fits of them, with fewer steps',
  },
  protocol: { type: 'string', array: true, describe: 'Instead of the profile’s protocols; several by commas' },
  devices: { type: 'string', describe: 'cpu, cpu:2, gpu, gpu:0,2 or gpu:0/4; by default all GPUs, else every core' },
  engine: {
    choices: ['traced', 'eager', 'cpu'] as const,
    default: 'traced' as const,
    describe: 'What computes a step',
  },
  seeds: { type: 'string', describe: 'A number of seeds (3) or a list of them (0,1,7)' },
  set: {
    type: 'string',
    array: true,
    describe: 'Change one option of the protocol, the training or the timing: training.steps=200',
  },
  only: { type: 'string', array: true, describe: 'Only jobs whose id begins or whose title contains this' },
  projection: { type: 'boolean', default: true, describe: 'Project speed-ups that cannot be measured here' },
  'reports-folder': { type: 'string', describe: 'Where runs and reports are kept (reports/)' },
  'data-cache': { type: 'string', describe: 'Where downloaded data sets are kept (datasets/cache/)' },
  executor: { choices: ['local', 'slurm'] as const, default: 'local' as const, describe: 'What starts the jobs' },
  site: { type: 'string', describe: 'What the Slurm cluster wants (slurm.yaml; docs/slurm.md)' },
  json: { type: 'boolean', default: false, describe: 'Print JSON' },
} as const satisfies OptionTable;

export const runOptions = {
  'keep-going': { type: 'boolean', default: true, describe: 'Go on when a job fails' },
  quiet: { type: 'boolean', default: false, describe: 'No progress' },
  trace: { type: 'boolean', default: false, describe: 'Write a profile of one step of each job' },
  deterministic: {
    type: 'boolean',
    default: false,
    describe: 'Repeatable results on GPUs, slower (`bench deterministic` says by how much)',
  },
  tf32: { type: 'boolean', default: false, describe: 'Allow TF32 on GPUs' },
  tensorboard: { type: 'boolean', default: false, describe: 'Write TensorBoard event files' },
  jobs: { type: 'number', describe: 'At most so many jobs at once; of Slurm, in the queue' },
  detach: { type: 'boolean', default: false, describe: 'Submit to Slurm and return; status, wait and cancel follow' },
} as const satisfies OptionTable;

export const tables = {
  tables: { type: 'string', array: true, describe: 'TABLE, PAPER/TABLE, or PAPER for all of its tables' },
} as const satisfies PositionalTable;

export const file = {
  file: { type: 'string', demandOption: true, describe: 'A YAML file like those in experiments/' },
} as const satisfies PositionalTable;

export interface ExperimentArguments extends ArgumentsOf<typeof experimentOptions> {
  readonly tables?: readonly string[] | undefined;
  /** A matrix file of the user's own. */
  readonly file?: string | undefined;
  /** Of a command that runs nothing. */
  readonly planning?: boolean | undefined;
}

export type RunArguments = ExperimentArguments & ArgumentsOf<typeof runOptions>;

/** For commands that have another positional argument than the file. */
export const ownFile = { type: 'string', describe: 'A matrix file of your own, in place of tables' } as const;

/** Some of the shared options. */
export const pick = <Name extends keyof typeof experimentOptions>(
  ...names: Name[]
): Pick<typeof experimentOptions, Name> =>
  Object.fromEntries(names.map((name) => [name, experimentOptions[name]])) as Pick<typeof experimentOptions, Name>;
