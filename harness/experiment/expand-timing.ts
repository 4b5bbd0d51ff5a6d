/** The step time of each row: comparison groups that are timed together, or why there is none. */
import { devicesOf, parseLayout } from '../network/layout.js';
import { labelOf, type NetworkSpecification } from '../network/specification.js';
import type { TimingCell, TimingRow } from './cell.js';
import { firstFit } from './condition.js';
import { datasetFacts } from './dataset-facts.js';
import { formatDevices } from './devices.js';
import { notRun } from './expand-errors.js';
import { canonicalJson, cellId } from './identity.js';
import { deviceKind, timingHardware } from './machine.js';
import { excludes, type NetworkRow } from './matrix.js';
import { stepMemory } from './memory-estimate.js';
import type { NotRun, ProjectionPlan, TimingPlan } from './plan.js';
import type { TimingRule } from './profile-file.js';
import type { Protocol } from './protocol.js';
import { chainLayout, layoutOf, networkOf } from './row-layout.js';
import { change } from './shrink.js';
import type { TableContext } from './table-context.js';
import { resolveTraining } from './training-plan.js';

/** Part of the machine's memory that the networks of one cell may fill by `stepMemory`. */
const usableMemory = 0.75;

interface Placed {
  readonly network: NetworkSpecification;
  readonly layout: string;
}

/** A row as it is timed under one protocol. */
interface Candidate extends Placed {
  readonly row: NetworkRow;
  readonly protocol: Protocol;
  readonly devices: number;
  readonly baseline: Placed;
  readonly isBaseline: boolean;
  readonly batch: number;
  readonly shrunk: readonly string[];
}

export interface PlannedTiming {
  readonly timing: TimingPlan | NotRun;
  readonly projection: ProjectionPlan | null;
}

/** Plans the timings of a table's rows under its protocols; `add` takes each cell. */
export function planTimings(
  rows: readonly NetworkRow[],
  context: TableContext,
  add: (cell: TimingCell) => void,
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
    const cells = comparisonCells(candidates, context);
    cells.forEach(({ cell }) => add(cell));
    for (const candidate of candidates)
      entries.set(candidate.row, {
        timing: timingOf(candidate, cells, context),
        projection: candidate.isBaseline
          ? null
          : {
              network: candidate.network,
              layout: candidate.layout,
              baseline: candidate.baseline,
              batch: candidate.batch,
            },
      });
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
  if (!matrix.measure.has('speed-up')) return notRun('NOT_IN_TABLE', 'This table shows no speed-ups.');
  const exclusion = matrix.exclude.find((candidate) => candidate.what !== 'error' && excludes(candidate, row));
  if (exclusion !== undefined) return notRun('EXCLUDED', exclusion.reason);
  if (timingProtocols.includes(protocol)) return undefined;
  const names = timingProtocols.map(({ name }) => name).join(' and ');
  return notRun(
    'NOT_IN_PROFILE',
    `The profile ${profile.name} times under ${names} only; --protocol times under others.`,
  );
}

const timingRule = ({ profile, machine }: TableContext): TimingRule => profile.timing[deviceKind(machine)];

function candidateOf(row: NetworkRow, protocol: Protocol, context: TableContext): Candidate {
  const { matrix, profile } = context;
  const timedAs = { ...row, dataset: profile.timeAs[row.dataset] ?? row.dataset };
  const { classes } = datasetFacts[timedAs.dataset];
  const network = networkOf(timedAs);
  const { layout, text, devices } = layoutOf(row, protocol.derivativeTerms);
  const baseline =
    matrix.baseline === 'same-size'
      ? { network: networkOf({ ...timedAs, network: 'WRN' }), layout: chainLayout(row.K) }
      : {
          network: networkOf({ ...matrix.baseline, dataset: timedAs.dataset }),
          layout: layoutOf(matrix.baseline, protocol.derivativeTerms).text,
        };
  const published = resolveTraining(row, context.published, protocol, datasetFacts[row.dataset].trainImages).training
    .batch;
  const wanted = context.overrides.timing.batch ?? firstFit(timingRule(context).batch, timedAs)?.becomes ?? published;
  const replicas = layout.kind === 'data-parallel' ? layout.replicas : 1;
  return {
    row,
    protocol,
    network,
    layout: text,
    devices,
    baseline,
    isBaseline: samePlace({ network, layout: text }, baseline),
    // Every device of a data-parallel row gets an equal part.
    batch: Math.ceil(wanted / replicas) * replicas,
    shrunk: change('classes', datasetFacts[row.dataset].classes, classes).concat(change('batch', published, wanted)),
  };
}

const samePlace = (a: Placed, b: Placed): boolean =>
  a.layout === b.layout && canonicalJson(a.network) === canonicalJson(b.network);

/** A row's name in its cell: a function of network and layout alone, so that tables can share a cell. */
const rowName = ({ network, layout }: Placed): string => `${labelOf(network)} ${layout}`;

interface ComparisonCell {
  readonly cell: TimingCell;
  readonly baseline: Placed;
}

/** Groups rows by baseline, batch and the matrix's own groups; rows that this machine cannot hold are left out. */
function comparisonCells(candidates: readonly Candidate[], context: TableContext): ComparisonCell[] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    if (candidate.isBaseline || candidate.devices > usableDevices(context)) continue;
    const { baseline, batch, row } = candidate;
    const key = canonicalJson([baseline, batch, row.group]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else if (!group.some((member) => samePlace(member, candidate))) group.push(candidate);
  }
  return [...groups.values()].flatMap((group) => splitByMemory(group, context));
}

/** Engines other than the traced one know one device. */
const usableDevices = ({ machine }: TableContext): number => (machine.engine === 'traced' ? machine.deviceCount : 1);

function splitByMemory(group: readonly Candidate[], context: TableContext): ComparisonCell[] {
  const chunks: Candidate[][] = [];
  for (const candidate of group) {
    const last = chunks.at(-1);
    if (last !== undefined && memoryOf([...last, candidate], candidate.batch, context) <= budget(context))
      last.push(candidate);
    else chunks.push([candidate]);
  }
  return chunks.flatMap((chunk) => {
    const batch = fittingBatch(chunk, context);
    return batch === undefined ? [] : [comparisonCell(chunk, batch, context)];
  });
}

const budget = ({ machine }: TableContext): number => machine.memoryBytes * usableMemory;

/** All networks of a cell are held at once; on GPUs an operator's parts lie on different cards. */
function memoryOf(chunk: readonly Candidate[], batch: number, context: TableContext): number {
  const onGpu = deviceKind(context.machine) === 'gpu';
  const [first] = chunk;
  if (first === undefined) return 0;
  const rows = chunk.map(
    ({ network, devices, protocol }) => stepMemory(network, batch, protocol) / (onGpu ? devices : 1),
  );
  return rows.reduce((sum, bytes) => sum + bytes, stepMemory(first.baseline.network, batch, first.protocol));
}

/** The batch, halved until baseline and rows fit; undefined when one image a device is too much. */
function fittingBatch(chunk: readonly Candidate[], context: TableContext): number | undefined {
  const replicas = Math.max(...chunk.map(({ layout }) => replicasOf(layout)));
  let batch = chunk[0]?.batch ?? 1;
  while (memoryOf(chunk, batch, context) > budget(context)) {
    if (batch % 2 !== 0 || (batch / 2) % replicas !== 0) return undefined;
    batch /= 2;
  }
  return batch;
}

function replicasOf(text: string): number {
  const layout = parseLayout(text);
  return layout.kind === 'data-parallel' ? devicesOf(layout) : 1;
}

function comparisonCell(chunk: readonly Candidate[], batch: number, context: TableContext): ComparisonCell {
  const [first] = chunk;
  if (first === undefined) throw new Error('Internal error: a comparison group without rows');
  const { baseline, protocol } = first;
  const rule = { ...timingRule(context), ...context.overrides.timing };
  const rows: TimingRow[] = [baseline, ...chunk].map(({ network, layout }) => ({
    row: rowName({ network, layout }),
    network,
    layout,
  }));
  const names = chunk.map((candidate) => rowName(candidate)).join(', ');
  const cell = {
    kind: 'timing',
    title: `${names} against ${rowName(baseline)}, ${protocol.name}, batch ${batch}`,
    rows,
    protocol,
    batch,
    warmup: rule.warmup,
    rounds: rule.rounds,
    stepsPerRound: rule.stepsPerRound,
    inputPipeline: rule.inputPipeline,
    devices: Math.max(...chunk.map(({ devices }) => devices), 1),
    engine: context.machine.engine,
    hardware: timingHardware(context.machine),
  } as const;
  return { cell: { ...cell, id: cellId(cell) }, baseline };
}

function timingOf(candidate: Candidate, cells: readonly ComparisonCell[], context: TableContext): TimingPlan | NotRun {
  const { machine } = context;
  const { network, layout, devices, isBaseline } = candidate;
  if (devices > usableDevices(context)) {
    const here =
      machine.engine === 'traced'
        ? `${formatDevices(machine.devices)} has ${machine.deviceCount}`
        : `the engine ${machine.engine} uses 1`;
    return notRun('DEVICES_TOO_FEW', `${layout} needs ${devices} devices; ${here}.`);
  }
  const found = cells.find(
    ({ cell, baseline }) =>
      samePlace(baseline, isBaseline ? candidate : candidate.baseline) &&
      cell.rows.some((row, index) => (isBaseline ? index === 0 : index > 0) && samePlace(row, candidate)),
  );
  if (found === undefined)
    return isBaseline
      ? notRun('NO_COMPARISON', 'No row that is compared with this one can be timed on these devices.')
      : notRun(
          'MEMORY_TOO_SMALL',
          `Timing ${rowName(candidate)} beside its baseline takes more memory than there is (${Math.round(machine.memoryBytes / 1e9)} GB).`,
        );
  const { cell } = found;
  return {
    skipped: false,
    cell: cell.id,
    row: rowName(candidate),
    network,
    layout,
    batch: cell.batch,
    shrunk: [
      ...candidate.shrunk.filter((text) => !text.startsWith('batch ')),
      ...change('batch', publishedBatch(candidate, context), cell.batch),
    ],
  };
}

const publishedBatch = ({ row, protocol }: Candidate, context: TableContext): number =>
  resolveTraining(row, context.published, protocol, datasetFacts[row.dataset].trainImages).training.batch;
