/** The step time of each row: comparison groups that are timed together, or why there is none. */
import type { OperationsJob } from '../../kinds/operations/job.js';
import type { TimingJob } from '../../kinds/timing/job.js';
import { firstFit } from '../condition.js';
import { datasetFacts, usualSide } from '../dataset-facts.js';
import { formatDevices } from '../../engine/devices/selection.js';
import { notRun, type NotRun } from '../not-run.js';
import type { Layout } from '../paper/layout.js';
import type { Network } from '../paper/network.js';
import { comparisonJob, rowName, type PlacedNetwork } from './comparison-job.js';
import { planProjection } from './expand-projection.js';
import { deviceKind } from '../machine.js';
import { excludes } from '../matrix/row-checks.js';
import type { NetworkRow } from '../matrix/matrix-row.js';
import type { ProjectionPlan, TimingPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { layoutOfRow, networkOfRow } from '../matrix/row-layout.js';
import { reduction } from '../matrix/shrink.js';
import { timingRule, type TableContext } from './table-context.js';
import { memoryBudget, usableDevices } from './timing-limits.js';

interface Placed extends PlacedNetwork {
  /** Equal for equal networks and layouts. */
  readonly key: string;
}

const placed = (network: Network, layout: Layout): Placed => ({
  network,
  layout,
  key: `${network.key} ${layout.text}`,
});

/** A row as it is timed under one protocol. */
interface Candidate extends Placed {
  readonly row: NetworkRow;
  readonly protocol: Protocol;
  readonly baseline: Placed;
  readonly isBaseline: boolean;
  readonly batch: number;
  /** The published batch. */
  readonly published: number;
}

export interface PlannedTiming {
  readonly timing: TimingPlan | NotRun;
  readonly projection: ProjectionPlan | NotRun | null;
}

/** Plans the timings of a table's rows under its protocols; `add` takes each job. */
export function planTimings(
  rows: readonly NetworkRow[],
  context: TableContext,
  add: (job: TimingJob | OperationsJob) => void,
): (row: NetworkRow, protocol: Protocol) => PlannedTiming {
  const planned = new Map<Protocol, Map<NetworkRow, PlannedTiming>>();
  for (const protocol of context.protocols) {
    const entries = new Map<NetworkRow, PlannedTiming>();
    planned.set(protocol, entries);
    const candidates: Candidate[] = [];
    for (const row of rows) {
      const why = whyNoTiming(row, protocol, context);
      if (why === undefined) candidates.push(candidateOf(row, protocol, context));
      else entries.set(row, { timing: why, projection: null });
    }
    const comparisons = comparisonJobs(candidates, context);
    for (const { job } of comparisons) add(job);
    const found = indexOf(comparisons);
    for (const candidate of candidates) {
      const timing = timingOf(candidate, found, context);
      entries.set(candidate.row, {
        timing,
        projection:
          context.projects && timing.skipped && !candidate.isBaseline ? planProjection(candidate, context, add) : null,
      });
    }
  }
  return (row, protocol) => {
    const found = planned.get(protocol)?.get(row);
    if (found === undefined) throw new Error('Internal error: a row without a planned timing');
    return found;
  };
}

function whyNoTiming(
  row: NetworkRow,
  protocol: Protocol,
  { matrix, timingProtocols, profile }: TableContext,
): NotRun | undefined {
  if (!matrix.measure.has('speed-up')) return notRun({ code: 'NOT_IN_TABLE', work: 'speed-up' });
  const exclusion = matrix.exclude.find(
    (candidate) => (candidate.what ?? 'speed-up') === 'speed-up' && excludes(candidate, row),
  );
  if (exclusion !== undefined) return notRun({ code: 'EXCLUDED', remark: exclusion.reason });
  const { title, side } = datasetFacts[row.dataset];
  if (side !== usualSide)
    return notRun({
      code: 'EXCLUDED',
      remark: `Steps are timed on images of ${usualSide} x ${usualSide}; those of ${title} are of ${side} x ${side}.`,
    });
  if (timingProtocols.includes(protocol)) return undefined;
  const protocols = timingProtocols.map(({ name }) => name);
  return notRun({ code: 'OTHER_PROTOCOLS', profile: profile.name, work: 'speed-up', protocols });
}

function candidateOf(row: NetworkRow, protocol: Protocol, context: TableContext): Candidate {
  const { profile, matrix } = context;
  const timedAs = { ...row, dataset: profile.timeAs[row.dataset] ?? row.dataset };
  const network = networkOfRow(matrix.paper, timedAs);
  const layout = layoutOfRow(matrix.paper, row, protocol, network);
  const self = placed(network, layout);
  const baseline = baselineOf(timedAs, protocol, context) ?? self;
  const published = context.publishedTrainingOf(row, protocol, datasetFacts[row.dataset].trainImages).batch;
  const usual = firstFit(timingRule(context).batch, timedAs)?.becomes ?? published;
  const wanted = context.overrides.timing.batch ?? row.batch ?? usual;
  return {
    row,
    protocol,
    ...self,
    baseline,
    isBaseline: self.key === baseline.key,
    published,
    // Every device of a data-parallel row gets an equal part.
    batch: Math.ceil(wanted / layout.replicas) * layout.replicas,
  };
}

/** What the row's speed-up refers to; undefined where the paper has no such network. */
function baselineOf(timedAs: NetworkRow, protocol: Protocol, { matrix }: TableContext): Placed | undefined {
  const { paper, baseline } = matrix;
  if (baseline !== 'same-size') {
    const network = networkOfRow(paper, { ...baseline, dataset: timedAs.dataset });
    return placed(network, layoutOfRow(paper, baseline, protocol, network));
  }
  const same = paper.sameSizeBaseline(timedAs);
  if (same === null) return undefined;
  const network = networkOfRow(paper, same.row);
  return placed(network, network.layout(same.layout, protocol));
}

/** Whether the profile leaves a step of so many images to projection. */
function isProjected({ batch }: Pick<Candidate, 'batch'>, context: TableContext): boolean {
  const { projectAbove } = timingRule(context);
  return projectAbove !== undefined && batch > projectAbove;
}

/** Groups rows by baseline, batch and the matrix's own groups; rows that this machine cannot hold are left out. */
function comparisonJobs(candidates: readonly Candidate[], context: TableContext): Comparison[] {
  // Equal rows (of two data sets with one timing) are in a group once.
  const groups = new Map<string, Map<string, Candidate>>();
  for (const candidate of candidates) {
    if (candidate.isBaseline || candidate.layout.devices > usableDevices(context)) continue;
    if (isProjected(candidate, context)) continue;
    const { baseline, batch, row, key } = candidate;
    const group = `${baseline.key} ${batch} ${row.group}`;
    const members = groups.get(group) ?? new Map<string, Candidate>();
    groups.set(group, members);
    if (!members.has(key)) members.set(key, candidate);
  }
  return [...groups.values()].flatMap((members) => splitByMemory([...members.values()], context));
}

/** A job and the rows that are timed in it beside their baseline. */
interface Comparison {
  readonly job: TimingJob;
  readonly compared: readonly Candidate[];
}

/** Jobs by what they time: a baseline, or a baseline and a row at the batch that is asked for. */
function indexOf(comparisons: readonly Comparison[]): (candidate: Candidate) => TimingJob | undefined {
  const index = new Map<string, TimingJob>();
  const ofRow = ({ baseline, key, batch }: Candidate): string => `${baseline.key} | ${key} | ${batch}`;
  for (const { job, compared } of comparisons)
    for (const candidate of compared) {
      // The baseline's own time is taken from the first of its groups.
      if (!index.has(candidate.baseline.key)) index.set(candidate.baseline.key, job);
      index.set(ofRow(candidate), job);
    }
  return (candidate) => index.get(candidate.isBaseline ? candidate.key : ofRow(candidate));
}

function splitByMemory(group: readonly Candidate[], context: TableContext): Comparison[] {
  const chunks: Candidate[][] = [];
  for (const candidate of group) {
    const last = chunks.at(-1);
    if (last !== undefined && memoryOf([...last, candidate], candidate.batch, context) <= memoryBudget(context))
      last.push(candidate);
    else chunks.push([candidate]);
  }
  return chunks.flatMap((chunk) => {
    const batch = fittingBatch(chunk, context);
    return batch === undefined ? [] : [{ job: chunkJob(chunk, batch, context), compared: chunk }];
  });
}

/** All networks of a job are held at once; on GPUs an operator's parts lie on different cards. */
function memoryOf(chunk: readonly Candidate[], batch: number, context: TableContext): number {
  const onGpu = deviceKind(context.machine) === 'gpu';
  const [first] = chunk;
  if (first === undefined) return 0;
  return [first.baseline, ...chunk]
    .map(({ network, layout }, index) => {
      const bytes = context.sizeOf(network, first.protocol, batch).peakBytes;
      return index > 0 && onGpu ? bytes / layout.devices : bytes;
    })
    .reduce((sum, bytes) => sum + bytes);
}

/** The batch, halved until baseline and rows fit; undefined when one image a device is too much. */
function fittingBatch(chunk: readonly Candidate[], context: TableContext): number | undefined {
  const replicas = Math.max(...chunk.map(({ layout }) => layout.replicas));
  let batch = chunk[0]?.batch ?? 1;
  while (memoryOf(chunk, batch, context) > memoryBudget(context)) {
    if (batch % 2 !== 0 || (batch / 2) % replicas !== 0) return undefined;
    batch /= 2;
  }
  return batch;
}

function chunkJob(chunk: readonly Candidate[], batch: number, context: TableContext): TimingJob {
  const [first] = chunk;
  if (first === undefined) throw new Error('Internal error: a comparison group without rows');
  const { baseline, protocol } = first;
  return comparisonJob({
    paper: context.matrix.paper,
    machine: context.machine,
    protocol,
    baseline,
    compared: chunk,
    batch,
    rule: { ...timingRule(context), ...context.overrides.timing },
  });
}

function timingOf(
  candidate: Candidate,
  find: (candidate: Candidate) => TimingJob | undefined,
  context: TableContext,
): TimingPlan | NotRun {
  const { machine } = context;
  const { row, network, layout, isBaseline } = candidate;
  const there = usableDevices(context);
  if (layout.devices > there)
    return notRun({
      code: 'DEVICES_TOO_FEW',
      layout: layout.text,
      needed: layout.devices,
      there,
      limit: machine.engine === 'traced' ? { devices: formatDevices(machine.devices) } : { engine: machine.engine },
    });
  const job = find(candidate);
  if (job === undefined && !isBaseline && isProjected(candidate, context))
    return notRun({ code: 'BATCH_PROJECTED', profile: context.profile.name, batch: candidate.batch });
  if (job === undefined)
    return isBaseline
      ? notRun({ code: 'NO_COMPARISON' })
      : notRun({ code: 'MEMORY_TOO_SMALL', row: rowName(candidate), memoryBytes: machine.memoryBytes });
  return {
    skipped: false,
    job: job.id,
    row: rowName(candidate),
    network,
    layout,
    batch: job.batch,
    shrunk: [
      ...reduction('classes', datasetFacts[row.dataset].classes, network.classes),
      ...reduction('batch', candidate.published, job.batch),
    ],
  };
}
