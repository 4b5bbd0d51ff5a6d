/**
 * FIXTURES: results made up by arithmetic for the plan of the project's own experiments, to test how reports look and
 * behave. Nothing here was measured.
 */
import { expand } from '../../../harness/plan/expand/expand.js';
import {
  operations,
  timing,
  training,
  type Job,
  type JobResult,
  type TrainingJob,
  type ErrorResult,
  type OperationsJob,
  type OperationsResult,
  type TimingJob,
  type TimingResult,
} from '../../../harness/kinds/index.js';
import type { Machine } from '../../../harness/plan/machine.js';
import type { ExperimentPlan, ProjectionPlan } from '../../../harness/plan/plan.js';
import type { Network } from '../../../harness/plan/paper/network.js';
import { projectionKey, type Projection } from '../../../harness/report/evaluate/projection.js';
import { measurementsOf, type Outcome } from '../../../harness/report/measured/measurements.js';
import type { Occasion } from '../../../harness/report/provenance/provenance.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import type { TableModel } from '../../../harness/report/model.js';
import type { ReportedPaper } from '../../../harness/report/paper.js';
import type { SizeOf } from '../../../harness/plan/step-size.js';
import type { Failure } from '../../../harness/store/failure.js';
import type { Environment } from '../../../harness/store/environment.js';
import { seededRandom } from '../../../harness/core/seeded-random.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

export const paperTables = ['table2', 'table3', 'table4', 'table5', 'figure2', 'width'];
export const everyTable = [...paperTables, 'readings', 'seeds'];

export interface FixtureOptions {
  readonly profile?: 'quick' | 'paper';
  readonly tables?: readonly string[];
  readonly machine?: Machine;
  readonly seeds?: readonly number[];
}

/** The project's experiments, expanded for a pretended machine: two cores, or four cards with every data set. */
export function fixturePlan({
  profile = 'quick',
  tables = everyTable,
  machine,
  seeds,
}: FixtureOptions = {}): ExperimentPlan {
  const folder = warpnetFolder();
  return expand({
    matrices: tables.map((name) => folder.matrix(name)),
    profile,
    machine: machine ?? (profile === 'quick' ? twoCores : fourCards),
    sizeOf,
    folder,
    ...(seeds ? { seeds } : {}),
  });
}

export const environment: Environment = {
  host: 'fixture-host',
  os: 'linux 6.1.0 x64',
  cpu: 'Some CPU',
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  gpus: [],
  driver: null,
  node: 'v20.20.2',
  tensorflow: '2.21.0',
  engine: 'traced',
  devices: 'cpu:2',
  deterministic: false,
  tf32: false,
  gitCommit: '0123456789abcdef0123456789abcdef01234567',
  gitDirty: false,
};

export const occasion: Occasion = {
  command: ['npm', 'run', 'reproduce', '--', '--all'],
  startedAt: '2030-01-01T00:00:00.000Z',
  finishedAt: '2030-01-01T00:47:00.000Z',
  gitCommit: environment.gitCommit,
  gitDirty: false,
  options: { profile: 'quick', devices: 'cpu:2', seeds: null },
  machine: { OS: 'linux', CPU: 'Some CPU' },
};

const hash = (text: string): number =>
  Array.from(text).reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);

/** The environment of a job that ran on cards. */
const onCards: Environment = { ...environment, gpus: ['Some GPU', 'Some GPU', 'Some GPU', 'Some GPU'], driver: '1.0' };

const sharedResult = (id: string, wallSeconds: number) => ({
  schema: 1 as const,
  id,
  numericsVersion: 1,
  finishedAt: '2030-01-01T00:40:00.000Z',
  wallSeconds,
  attempts: 1,
  environment,
  peakMemoryBytes: 1.2e9,
  energyJoules: null,
});

/** Where a made-up error ends; the paper's own range for full trainings. */
const lastErrors: Readonly<Record<TrainingJob['dataset'], number>> = {
  cifar10: 4.9,
  cifar100: 22,
  imagenet32: 46,
  stl10: 25,
  'fashion-mnist': 14,
  synthetic: 50,
};

const hundredths = (value: number): number => Math.round(100 * value) / 100;

const widthOf = ({ specification }: Network): number => Number(specification['kw']);

export function errorResult(job: TrainingJob): ErrorResult {
  // What decides a number, and not the id: numbers stay when ids change.
  const { network, dataset, protocol, training } = job;
  const random = seededRandom(hash(JSON.stringify([network, dataset, protocol.name, training.seed])));
  const end = lastErrors[dataset] + (random() - 0.5) * 0.3 - (widthOf(network) - 1) * 0.05;
  const count = Math.min(60, Math.max(2, Math.ceil(training.steps / training.evaluateEvery)));
  const evaluations = Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / count;
    const wobble = 1 + 0.06 * (random() - 0.5);
    const errorPct = hundredths(index === count - 1 ? end : end + (85 - end) * Math.exp(-5 * share) * wobble);
    return {
      step: Math.round(share * training.steps),
      epoch: hundredths((share * training.steps * training.batch) / (job.trainImages ?? 50_000)),
      errorPct,
      top5ErrorPct: hundredths(errorPct / 2),
      sampledErrorPct: null,
      loss: errorPct / 20,
    };
  });
  const last = evaluations.at(-1);
  if (!last) throw new Error('Internal error: a fixture without evaluations');
  return {
    kind: 'error',
    ...sharedResult(job.id, 20 + (training.steps * widthOf(network) ** 2) / 40),
    parameters: sizeOf(network, protocol, 1).parameters,
    trainImages: job.trainImages ?? 50_000,
    validationImages: 10_000,
    last,
    best: evaluations.reduce((a, b) => (b.errorPct < a.errorPct ? b : a)),
    evaluations,
    finalLoss: hundredths(0.2 + 0.05 * random()),
  };
}

export function timingResult(job: TimingJob): TimingResult {
  const random = seededRandom(hash(JSON.stringify([job.rows.map(({ row }) => row), job.batch, job.protocol.name])));
  return {
    kind: 'timing',
    ...sharedResult(job.id, 60),
    environment: job.hardware === fourCards.hardware ? onCards : environment,
    hardware: job.hardware,
    otherLoad: 0.01,
    rows: job.rows.map(({ row, network, layout }, index) => {
      const saved = index === 0 ? 0 : job.protocol['derivative'] === 'released' ? 0.24 : 0.02;
      const base = 90 * widthOf(network) * (1 - saved);
      const milliseconds = Array.from({ length: 8 }, () => hundredths(base * (1 + 0.03 * (random() - 0.5))));
      return {
        row,
        layout: layout.text,
        parameters: sizeOf(network, job.protocol, 1).parameters,
        milliseconds,
        rounds: milliseconds.map((_, step) => Math.floor(step / 2)),
        compileSeconds: 2.1,
        busySeconds: [0.8, 0.5],
      };
    }),
  };
}

export function operationsResult({ id, hardware }: OperationsJob): OperationsResult {
  const operation = { signature: 'Conv2D 1x1', type: 'Conv2D', bytes: 8, flops: 2, count: 3, times: [1.5, 2] };
  return {
    kind: 'operations',
    ...sharedResult(id, 60),
    hardware,
    otherLoad: 0.01,
    times: {
      hardware: { kind: 'cpu', model: hardware },
      operations: [operation],
      beyond: [1],
      gaps: [1],
      effects: null,
    },
  };
}

function resultOf(job: Job): JobResult {
  if (training.is(job)) return errorResult(job);
  if (timing.is(job)) return timingResult(job);
  if (operations.is(job)) return operationsResult(job);
  throw new Error('a job of a kind that these tests do not know');
}

export const failure: Failure = {
  kind: 'out-of-memory',
  code: 'OUT_OF_MEMORY',
  message: 'The worker ran out of memory',
  hint: null,
  exitCode: 137,
  signal: null,
  logTail: ['step 12', 'OOM when allocating tensor with shape[128,64,32,32]'],
  at: '2030-01-01T00:00:00.000Z',
  attempt: 2,
};

/** Results for every job but those that `fails` names. */
export function fixtureOutcomes(
  plan: ExperimentPlan,
  fails: (job: Job) => boolean = () => false,
): Map<string, Outcome> {
  return new Map(
    plan.jobs.map((job): [string, Outcome] => [job.id, fails(job) ? { failure } : { result: resultOf(job) }]),
  );
}

/** What is projected: made-up numbers depend on it, and not on ids. */
const projectedText = ({ network, layout, baseline, batch }: ProjectionPlan, protocol: string): string =>
  JSON.stringify([network, layout, baseline.network, baseline.layout, batch, protocol]);

/** A projection for every place that can only be projected. */
export function fixtureProjections(plan: ExperimentPlan): Map<string, Projection> {
  const projections = new Map<string, Projection>();
  for (const entry of plan.tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown])) {
    if (!entry.projection || entry.projection.skipped) continue;
    const percent = 30 + (Math.abs(hash(projectedText(entry.projection, entry.protocol))) % 100) / 20;
    projections.set(projectionKey(entry.projection), {
      percent,
      milliseconds: 2 * (100 - percent),
      baselineMilliseconds: 200,
      validationError: 2.4,
      validated: 12,
      hardware: { kind: 'cpu', model: 'Some CPU, one core a device' },
      estimatedShare: 0,
      otherLoad: 0.01,
    });
  }
  return projections;
}

export interface Fixture {
  readonly paper: ReportedPaper;
  readonly sizeOf: SizeOf;
  readonly plan: ExperimentPlan;
  readonly outcomes: Map<string, Outcome>;
  readonly projections: Map<string, Projection>;
  readonly validation: null;
  readonly models: readonly TableModel[];
}

/** A plan with results and the models made of them. */
export function fixture(options: FixtureOptions = {}, fails?: (job: Job) => boolean): Fixture {
  const plan = fixturePlan(options);
  const outcomes = fixtureOutcomes(plan, fails);
  const projections = fixtureProjections(plan);
  const shared = { paper: warpnet, plan, projections, validation: null, sizeOf } as const;
  const { models } = tablesFrom({ ...shared, measurements: measurementsOf(outcomes) });
  return { ...shared, outcomes, models };
}

/** A model by its table's id; a test without it has no meaning. */
export function modelOf({ models }: Fixture, id: string): TableModel {
  const model = models.find((candidate) => candidate.id === id);
  if (!model) throw new Error(`the fixture has no ${id}`);
  return model;
}
