/**
 * FIXTURES: a plan and results made up by arithmetic, for testing how reports look and behave. Nothing here was measured.
 */
import { z } from 'zod';
import { readFileSync } from 'node:fs';
import type { Cell, ErrorCell, TimingCell } from '../../../harness/experiment/cell.js';
import type {
  ErrorPlan,
  ExperimentPlan,
  NotRun,
  PlannedEntry,
  TablePlan,
  TimingPlan,
} from '../../../harness/experiment/plan.js';
import type { Protocol } from '../../../harness/experiment/protocol.js';
import type { NetworkSpecification } from '../../../harness/network/specification.js';
import { inProject } from '../../../harness/project.js';
import { entryKey, type Projection } from '../../../harness/report/entries.js';
import type { Outcome } from '../../../harness/report/measurements.js';
import type { Failure } from '../../../harness/result/failure.js';
import type { Environment, ErrorResult, TimingResult } from '../../../harness/result/result.js';
import { seededRandom } from '../../../harness/result/statistics.js';

const rowSchema = z.object({
  id: z.string(),
  dataset: z.enum(['cifar10', 'cifar100', 'imagenet32']),
  network: z.enum(['WRN', 'WarpNet1', 'WarpNet2']),
  label: z.string(),
  K: z.number().nullable(),
  Nwarp: z.number().nullable(),
  kw: z.number(),
  unitsPerStage: z.number().nullable(),
  gpus: z.number().nullable(),
  parallelism: z.string().optional(),
  assignment: z.array(z.array(z.string())).nullable(),
  assignmentInferred: z.array(z.array(z.string())).nullish(),
});
type PrintedRow = z.infer<typeof rowSchema>;

const tablesSchema = z.object({
  tables: z.record(z.string(), z.object({ rows: z.array(z.unknown()) })),
});

function printedRows(table: string): PrintedRow[] {
  const file = inProject('experiments', 'published', 'warpnet-tables.json');
  const { tables } = tablesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return (tables[table]?.rows ?? []).map((row) => rowSchema.parse(row));
}

export const protocols = ['paper', 'released-code', 'released-code, fused BN'] as const;

export const protocolNamed = (name: string): Protocol => ({
  name,
  derivative: name === 'paper' ? 'R1' : 'released',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm: name === 'released-code' ? 'moments' : 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: name === 'paper' ? 'running' : 'batch',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
  momentum: 0.9,
  nesterov: false,
  initialisation: name === 'paper' ? 'he' : 'released',
  weightDecayScope: name === 'paper' ? 'all' : 'weights-and-bias',
  learningRateDrops: name === 'paper' ? 'epochs' : 'released',
  batches: name === 'paper' ? 'epoch' : 'window',
  cropPadding: name === 'paper' ? 4 : 2,
  cropOffsets: name === 'paper' ? 9 : 4,
  paddingMode: 'zeros',
  flipProbability: 0.5,
  whitening: 'per-image',
  sampledEvaluation: name === 'paper' ? 0 : 10000,
});

const classesOf = { cifar10: 10, cifar100: 100, imagenet32: 1000 } as const;

function networkOf(row: PrintedRow): NetworkSpecification | null {
  const shared = { kw: row.kw, classes: classesOf[row.dataset] };
  if (row.network === 'WRN') {
    return row.unitsPerStage === null ? null : { family: 'wrn', unitsPerStage: row.unitsPerStage, ...shared };
  }
  const family = row.network === 'WarpNet1' ? 'warpnet1' : 'warpnet2';
  return { family, K: row.K ?? 2, Nwarp: row.Nwarp ?? 1, ...shared };
}

const bracketsOf = (assignment: readonly (readonly string[])[]): string =>
  assignment.map((bracket) => `[${bracket.join(', ')}]`).join(' ');

function layoutOf(row: PrintedRow): string {
  const printed = row.assignment ?? row.assignmentInferred;
  if (printed) return bracketsOf(printed);
  if (row.parallelism === 'data') return `${row.gpus ?? 1} x [F1, F2]`;
  if (row.network === 'WRN') return '[F1, F2]';
  return row.K === 3 ? "[F1] [F2] [F3] [F2'x1, F3'x1]" : "[F1] [F2] [F2'x1]";
}

const skipped = (code: string, reason: string): NotRun => ({ skipped: true, code, reason });

export interface FixtureOptions {
  readonly profile?: ExperimentPlan['profile'];
  readonly seeds?: number;
  readonly tables?: readonly string[];
  /** Logical devices of the pretended machine: wider layouts are projected. */
  readonly devices?: number;
}

/** Collects cells while entries are made. */
class PlanBuilder {
  readonly cells = new Map<string, Cell>();
  constructor(readonly options: Required<FixtureOptions>) {}

  error(row: PrintedRow, network: NetworkSpecification, protocol: string): ErrorPlan | NotRun {
    const quick = this.options.profile !== 'paper';
    if (quick && row.dataset === 'cifar100')
      return skipped('DATA_MISSING', 'CIFAR-100 is not here: npm run reproduce -- data cifar100');
    if (quick && row.dataset === 'imagenet32')
      return skipped('DATA_MISSING', 'ImageNet 32x32 is not here; downloading it needs an account at image-net.org.');
    if (quick && protocol !== 'released-code')
      return skipped('NOT_IN_PROFILE', `The quick profile trains under released-code only.`);
    const trained: NetworkSpecification = !quick
      ? network
      : network.family === 'wrn'
        ? { ...network, unitsPerStage: network.unitsPerStage >= 12 ? 4 : 2, kw: row.kw === 4 ? 1 : 2 }
        : { ...network, Nwarp: network.Nwarp * network.K >= 12 ? 2 : 1, kw: row.kw === 4 ? 1 : 2 };
    const dataset = quick ? 'fashion-mnist' : row.dataset;
    const cells = Array.from({ length: this.options.seeds }, (_, seed) => {
      const id = `e-${JSON.stringify(trained)}-${dataset}-${protocol}-${seed}`.replace(/[^\w-]+/g, '_');
      this.cells.set(id, errorCell(id, trained, dataset, protocol, seed, quick));
      return id;
    });
    return {
      skipped: false,
      cells,
      network: trained,
      dataset,
      standIn: quick ? 'fashion-mnist' : null,
      shrunk: quick ? [`kw ${row.kw} -> ${trained.kw}`, '80000 -> 600 steps'] : [],
    };
  }

  timing(
    group: string,
    name: string,
    network: NetworkSpecification,
    layout: string,
    protocol: string,
  ): TimingPlan | NotRun {
    const devices = layout.includes(' x ') ? Number(layout[0]) : layout.split('[').length - 1;
    if (devices > this.options.devices)
      return skipped(
        'DEVICES_TOO_FEW',
        `The layout needs ${devices} devices; this machine has ${this.options.devices}.`,
      );
    const id = `t-${group}-${protocol}`.replace(/[^\w-]+/g, '_');
    const cell = this.cells.get(id);
    const rows = cell?.kind === 'timing' ? cell.rows : [];
    const row = rows.find((candidate) => candidate.row === name) ?? { row: name, network, layout };
    const all = [...rows.filter((candidate) => candidate.row !== name && candidate.row !== 'baseline'), row];
    const base = rows.find((candidate) => candidate.row === 'baseline');
    const ordered = base ? [base, ...all.filter((candidate) => candidate.row !== 'baseline')] : all;
    this.cells.set(id, timingCell(id, ordered, protocol));
    return { skipped: false, cell: id, row: name, network, layout, batch: 16, shrunk: ['batch 128 -> 16'] };
  }
}

function errorCell(
  id: string,
  network: NetworkSpecification,
  dataset: ErrorCell['dataset'],
  protocol: string,
  seed: number,
  quick: boolean,
): ErrorCell {
  return {
    kind: 'error',
    id,
    title: `${JSON.stringify(network)} on ${dataset}, ${protocol}, seed ${seed}`,
    network,
    dataset,
    dataChecksum: 'c0ffee'.repeat(10).slice(0, 64),
    trainImages: quick ? 10_000 : null,
    protocol: protocolNamed(protocol),
    training: {
      steps: quick ? 600 : 80_000,
      batch: quick ? 64 : 128,
      learningRate: 0.1,
      dropSteps: quick ? [400, 540] : [23_460, 46_920],
      dropFactor: 0.1,
      weightDecay: 0.0005,
      evaluateEvery: quick ? 150 : 391,
      seed,
    },
    replicas: 1,
  };
}

const timingCell = (id: string, rows: TimingCell['rows'], protocol: string): TimingCell => ({
  kind: 'timing',
  id,
  title: `Step times, ${id}`,
  rows,
  protocol: protocolNamed(protocol),
  batch: 16,
  warmup: 2,
  rounds: 8,
  stepsPerRound: 3,
  inputPipeline: false,
  devices: 2,
  engine: 'traced',
  hardware: 'Fixture CPU, one core a device',
});

function entryOf(row: PrintedRow, protocol: string, builder: PlanBuilder): PlannedEntry {
  const network = networkOf(row);
  const layout = layoutOf(row);
  const printed = { published: row.id, label: row.label, protocol, printed: network, dataset: row.dataset, layout };
  if (!network) {
    const cited = skipped(
      'CITED',
      'Quoted by the paper from Chrabaszcz & Hutter (2017); not of this family, so not run.',
    );
    return { ...printed, layout: '', error: cited, timing: cited, projection: null };
  }
  const group = `${row.id.slice(0, 2)}-${row.dataset}-${row.unitsPerStage ?? 0}-${row.kw}-${row.K ?? row.id.split('.')[2] ?? ''}`;
  const baseline: NetworkSpecification = {
    family: 'wrn',
    unitsPerStage: row.unitsPerStage ?? 2,
    kw: row.kw,
    classes: network.classes,
  };
  const isBaseline = row.network === 'WRN' && row.parallelism !== 'data';
  const groupName = row.id.startsWith('t5') ? 't5' : row.id.startsWith('t4') ? 't4' : group.replace(/-[^-]*$/, '');
  builder.timing(groupName, 'baseline', baseline, '[F1, F2]', protocol);
  const timing = builder.timing(groupName, isBaseline ? 'baseline' : row.id, network, layout, protocol);
  const projection = isBaseline
    ? null
    : { network, layout, baseline: { network: baseline, layout: '[F1, F2]' }, batch: 128 };
  return { ...printed, error: builder.error(row, network, protocol), timing, projection };
}

function widthEntries(builder: PlanBuilder, protocol: string): PlannedEntry[] {
  return [2, 3].flatMap((K) =>
    [4, 8, 16].map((kw): PlannedEntry => {
      const network: NetworkSpecification = { family: 'warpnet1', K, Nwarp: 12 / K, kw, classes: 10 };
      const layout = K === 2 ? "[F1] [F2] [F2'x1]" : "[F1] [F2] [F3] [F2'x1, F3'x1]";
      const baseline: NetworkSpecification = { family: 'wrn', unitsPerStage: 12, kw, classes: 10 };
      return {
        published: `text.rs-vs-width.k${K}/kw${kw}`,
        label: `WarpNet1-73-${kw}`,
        protocol,
        printed: network,
        dataset: 'cifar10',
        layout,
        error: skipped('NOT_IN_TABLE', 'Timing only.'),
        timing: builder.timing(`width-${K}-${kw}`, 'warpnet1', network, layout, protocol),
        projection: { network, layout, baseline: { network: baseline, layout: '[F1, F2]' }, batch: 128 },
      };
    }),
  );
}

/** A plan with the paper's tables as the experiments would make it. */
export function fixturePlan(options: FixtureOptions = {}): ExperimentPlan {
  const complete = {
    profile: 'quick',
    seeds: 1,
    devices: 2,
    tables: ['table2', 'table3', 'table4', 'table5', 'width', 'figure2', 'seeds'],
    ...options,
  } as const satisfies Required<FixtureOptions>;
  const builder = new PlanBuilder(complete);
  const tables = complete.tables.map((id): TablePlan => {
    const twoDevices = printedRows('table5').filter((row) => row.gpus === 2 && row.network === 'WarpNet1');
    const under = (rows: readonly PrintedRow[], names: readonly string[] = protocols): PlannedEntry[] =>
      rows.flatMap((row) => names.map((protocol) => entryOf(row, protocol, builder)));
    const entries =
      id === 'width'
        ? protocols.flatMap((protocol) => widthEntries(builder, protocol))
        : id === 'figure2'
          ? under(printedRows('table4').slice(0, 2)).map((entry) => ({ ...entry, published: null }))
          : id === 'seeds'
            ? under(printedRows('table2').slice(0, 6), ['released-code']).map((entry) => ({
                ...entry,
                published: null,
              }))
            : under(printedRows(id));
    return {
      id,
      title: `Fixture of ${id}: errors and relative speed-ups`,
      notes: [],
      protocols: id === 'seeds' ? ['released-code'] : protocols,
      entries,
      alsoShown: id === 'table2' ? under(twoDevices) : [],
    };
  });
  return { profile: complete.profile, tables, cells: [...builder.cells.values()] };
}

export const environment: Environment = {
  host: 'fixture-host',
  os: 'linux 6.1.0 x64',
  cpu: 'Fixture CPU',
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

const sharedResult = (id: string) => ({
  schema: 1 as const,
  id,
  numericsVersion: 1,
  finishedAt: '2030-01-01T00:00:00.000Z',
  wallSeconds: 42.5,
  attempts: 1,
  environment,
  peakMemoryBytes: 1.2e9,
  energyJoules: null,
});

const hash = (text: string): number =>
  Array.from(text).reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);

export function parametersOf(network: NetworkSpecification): number {
  const units = network.family === 'wrn' ? network.unitsPerStage : network.K * network.Nwarp;
  const channels = [16, 32, 64].map((base) => base * network.kw);
  const body = channels.reduce((sum, c) => sum + units * (18 * c * c + 6 * c), 0);
  const last = 64 * network.kw;
  return 27 * 16 + 32 + body + 2 * last + last * network.classes + network.classes;
}

export function errorResult(cell: ErrorCell): ErrorResult {
  const random = seededRandom(hash(cell.id));
  const quick = cell.dataset === 'fashion-mnist';
  const start = cell.dataset === 'cifar100' ? 22 : cell.dataset === 'imagenet32' ? 45 : quick ? 14 : 5;
  const end = start + (random() - 0.5) * 0.3 - (cell.network.kw - 1) * 0.1;
  const evaluations = Array.from({ length: quick ? 4 : 205 }, (_, index) => {
    const share = (index + 1) / (quick ? 4 : 205);
    const errorPct = Math.round(100 * (end + (88 - end) * Math.exp(-6 * share) * (1 + 0.05 * random()))) / 100;
    return {
      step: Math.round(share * cell.training.steps),
      epoch: (share * cell.training.steps * cell.training.batch) / (cell.trainImages ?? 50_000),
      errorPct,
      top5ErrorPct: errorPct / 3,
      sampledErrorPct: null,
      loss: errorPct / 20,
    };
  });
  const last = evaluations.at(-1);
  const best = evaluations.reduce((a, b) => (b.errorPct < a.errorPct ? b : a));
  if (!last) throw new Error('Internal error: a fixture without evaluations');
  return {
    kind: 'error',
    ...sharedResult(cell.id),
    parameters: parametersOf(cell.network),
    trainImages: cell.trainImages ?? 50_000,
    validationImages: 10_000,
    last,
    best,
    evaluations,
    finalLoss: 0.2 + 0.05 * random(),
  };
}

export function timingResult(cell: TimingCell): TimingResult {
  const random = seededRandom(hash(cell.id));
  return {
    kind: 'timing',
    ...sharedResult(cell.id),
    hardware: cell.hardware,
    rows: cell.rows.map(({ row, network, layout }, index) => {
      const saved = index === 0 ? 0 : cell.protocol.derivative === 'released' ? 0.24 : 0.02;
      const base = 900 * (network.kw / 4) * (1 - saved);
      const milliseconds = Array.from({ length: 24 }, () => base * (1 + 0.03 * (random() - 0.5)));
      return {
        row,
        layout,
        parameters: parametersOf(network),
        milliseconds,
        rounds: milliseconds.map((_, step) => Math.floor(step / 3)),
        compileSeconds: 2.1,
        busySeconds: [0.8, 0.5],
      };
    }),
  };
}

export const failure: Failure = {
  kind: 'out-of-memory',
  code: 'OUT_OF_MEMORY',
  message: 'The worker ran out of memory',
  hint: null,
  exitCode: 137,
  signal: null,
  logTail: ['step 12', 'OOM when allocating tensor with shape[128,64,32,32] | device <cpu_0> \\input{x} 100 % _late_'],
  at: '2030-01-01T00:00:00.000Z',
  attempt: 2,
};

/** Results for every cell but those whose id `fails` names. */
export function fixtureOutcomes(
  plan: ExperimentPlan,
  fails: (cell: Cell) => boolean = () => false,
): Map<string, Outcome> {
  return new Map(
    plan.cells.map((cell): [string, Outcome] => [
      cell.id,
      fails(cell) ? { failure } : { result: cell.kind === 'error' ? errorResult(cell) : timingResult(cell) },
    ]),
  );
}

/** A projection for every place that has a projection plan and too few devices. */
export function fixtureProjections(plan: ExperimentPlan): Map<string, Projection> {
  const projections = new Map<string, Projection>();
  for (const table of plan.tables) {
    for (const entry of [...table.entries, ...table.alsoShown]) {
      if (!entry.projection || !entry.timing.skipped) continue;
      const percent = 30 + (hash(entryKey(entry)) % 100) / 20;
      projections.set(entryKey(entry), {
        percent,
        interval: { low: percent - 4, high: percent + 4 },
        validationError: 2.4,
        validated: 12,
        hardware: 'Fixture CPU, one core a device',
      });
    }
  }
  return projections;
}
