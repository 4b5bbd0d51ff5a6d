/**
 * What is both measured and projected to see how far projections can be trusted: every network that a plan compares on
 * several devices, shortened to one repetition of its layers, on every default layout that fits the machine. The jobs are
 * those that tables have.
 */
import type { OperationsJob, TimingJob } from '../../kinds/index.js';
import { timing } from '../../kinds/index.js';
import { comparisonJob, rowName, type PlacedNetwork } from '../../plan/expand/comparison-job.js';
import { planProjection } from '../../plan/expand/expand-projection.js';
import { usableDevices } from '../../plan/expand/timing-limits.js';
import { deviceKind, type Machine } from '../../plan/machine.js';
import type { Paper } from '../../plan/paper/paper.js';
import type { ExperimentPlan, PlannedEntry, ProjectionPlan } from '../../plan/plan.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { SizeOf } from '../../plan/step-size.js';

export interface ValidationRequest {
  readonly paper: Paper;
  /** Of the tables whose networks are validated. */
  readonly plan: ExperimentPlan;
  readonly machine: Machine;
  readonly sizeOf: SizeOf;
  /** How often a layout and its baseline take turns. */
  readonly rounds: number;
}

/** A layout, with the jobs that measure it and that price its operations. */
export interface PlannedValidation {
  readonly projection: ProjectionPlan;
  readonly timing: TimingJob;
  /** The layout's row in the timing; the baseline's is the first. */
  readonly row: string;
  readonly operations: OperationsJob;
}

/** Of a step on a CPU: its schedule is validated, not its size, and hundreds of steps are timed. */
const flopsPerStep = 4e9;

/** A network to validate under a protocol, with what it is compared with. */
interface Candidate extends PlacedNetwork {
  readonly baseline: PlacedNetwork;
  readonly protocol: Protocol;
  readonly batch: number;
}

/** In the order of the tables; nothing on one device. */
export function planValidation(request: ValidationRequest): PlannedValidation[] {
  const { paper, machine, sizeOf, rounds } = request;
  const context = { machine, sizeOf, matrix: { paper } };
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidatesOf(request)) {
    const { baseline, protocol, batch } = candidate;
    const key = [baseline.network.key, baseline.layout.text, protocol.name, batch].join(' | ');
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  return [...groups.values()].flatMap((group): PlannedValidation[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { baseline, protocol, batch } = first;
    const priced = group.flatMap((candidate) => {
      const jobs: OperationsJob[] = [];
      const projection = planProjection(candidate, context, (job) => jobs.push(job));
      const [operations] = jobs;
      // A smaller batch, as memory may want it, would be another step than the one that is timed.
      if (projection.skipped || projection.batch !== batch || operations === undefined) return [];
      return [{ candidate, projection, operations }];
    });
    if (priced.length === 0) return [];
    const rule = { warmup: 2, rounds, stepsPerRound: 1, inputPipeline: false };
    const compared = priced.map(({ candidate }) => candidate);
    const timing = comparisonJob({ paper, machine, protocol, baseline, compared, batch, rule });
    return priced.map(({ candidate, ...rest }) => ({ ...rest, timing, row: rowName(candidate) }));
  });
}

function candidatesOf({ plan, machine, sizeOf }: ValidationRequest): Candidate[] {
  const jobs = new Map(plan.jobs.map((job) => [job.id, job]));
  const protocols = new Map(plan.protocols.map((protocol) => [protocol.name, protocol]));
  const devices = usableDevices({ machine });
  const found = new Map<string, Candidate>();
  for (const entry of plan.tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown])) {
    const place = comparedPlace(entry, jobs, protocols);
    if (place === null || place.layout.devices === 1) continue;
    const { protocol } = place;
    const network = place.network.shortened(1);
    // As deep as the shortened network, in proportion.
    const depth = Math.ceil((network.repetitions * place.baseline.network.repetitions) / place.network.repetitions);
    const short = place.baseline.network.shortened(depth);
    const baseline = { network: short, layout: short.defaultLayout(1, protocol) };
    for (let count = 2; count <= devices; count++) {
      const layout = network.defaultLayout(count, protocol);
      if (layout.devices === 1) continue;
      const batch = deviceKind(machine) === 'gpu' ? place.batch : batchFor(sizeOf(short, protocol, 1).flops, devices);
      if (batch % layout.replicas !== 0) continue;
      // Networks that only their classes tell apart are shown alike, and are alike.
      const key = [network.title, layout.text, protocol.name].join(' | ');
      if (!found.has(key)) found.set(key, { network, layout, baseline, protocol, batch });
    }
  }
  return [...found.values()];
}

/** The network that a place compares, timed or projected; null where it compares none. */
function comparedPlace(
  { timing: timed, projection }: PlannedEntry,
  jobs: ReadonlyMap<string, ExperimentPlan['jobs'][number]>,
  protocols: ReadonlyMap<string, Protocol>,
): Candidate | null {
  if (projection !== null && !projection.skipped) {
    const protocol = protocols.get(projection.protocol);
    return protocol === undefined ? null : { ...projection, protocol };
  }
  if (timed.skipped) return null;
  const job = jobs.get(timed.job);
  const baseline = job !== undefined && timing.is(job) ? job.rows[0] : undefined;
  if (job === undefined || baseline === undefined || baseline.row === timed.row) return null;
  const { network, layout, batch } = timed;
  return { network, layout, baseline, protocol: job.protocol, batch };
}

/** Images a step: a power of two, and at least one for each device. */
function batchFor(flopsPerImage: number, devices: number): number {
  const most = Math.max(devices, flopsPerStep / flopsPerImage);
  return 2 ** Math.max(Math.ceil(Math.log2(devices)), Math.floor(Math.log2(most)));
}
