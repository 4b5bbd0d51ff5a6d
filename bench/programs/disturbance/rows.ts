/**
 * What is timed again and again: two layouts on two devices, measured as a table measures them, and three on more, projected
 * from operations as a table projects them. Networks of 13 layers and kw 2, so that a repeat takes seconds.
 */
import { warpnet } from '../../../experiments/warpnet/index.js';
import { relativeSpeedUp, type Interval } from '../../../harness/core/statistics.js';
import { warming, profiling } from '../../../harness/kinds/operations/profiling.js';
import type { OperationsJob } from '../../../harness/kinds/operations/job.js';
import type { RunContext } from '../../../harness/kinds/run-context.js';
import { withCoreProbe } from '../../../harness/kinds/rows/core-probe.js';
import { otherLoadMeter } from '../../../harness/kinds/rows/other-load.js';
import { compileRows } from '../../../harness/kinds/rows/compiled-rows.js';
import { profileInTurns } from '../../../harness/kinds/rows/profiled-steps.js';
import { warmUp, type RowParts, type TimedRow } from '../../../harness/kinds/rows/rows.js';
import type { TimedRowResult } from '../../../harness/kinds/timing/result.js';
import type { TimingJob } from '../../../harness/kinds/timing/job.js';
import { oneBatch, time } from '../../../harness/kinds/timing/timing.js';
import { undisturbed } from '../../../harness/kinds/timing/undisturbed.js';
import { joinProfiles } from '../../../harness/engine/step-graph.js';
import { comparisonJob, type PlacedNetwork } from '../../../harness/plan/expand/comparison-job.js';
import { planProjection } from '../../../harness/plan/expand/expand-projection.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { storedNetwork } from '../../../harness/plan/paper/paper.js';
import type { ProjectionPlan } from '../../../harness/plan/plan.js';
import type { Protocol } from '../../../harness/plan/profile/protocol.js';
import { operationTimes } from '../../../harness/project/costs/operation-times.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { stepSizes } from '../../../harness/project/step-size.js';
import type { Execution } from '../../../harness/store/execution.js';
import { anyMachine } from '../any-machine.js';

/** A speed-up as one repeat gives it. */
export interface RepeatedRow {
  readonly row: string;
  readonly kind: 'measured' | 'projected';
  /** RS, percent. */
  readonly percent: number;
  /** 95 %; null for projections, whose interval is that of a validation. */
  readonly interval: Interval | null;
}

/** Every step of the measured rows, the baseline first: what another estimator would start from. */
export type MeasuredSteps = readonly Pick<TimedRowResult, 'row' | 'milliseconds' | 'rounds' | 'otherLoads'>[];

export interface Repeated {
  readonly rows: readonly RepeatedRow[];
  readonly steps: MeasuredSteps;
}

export interface OpenedRows {
  /** One repeat of every row, milliseconds and all; `folder` takes its log. */
  readonly repeat: (folder: string) => Promise<Repeated>;
  readonly close: () => Promise<void>;
}

const batch = 16;
const network = (family: string, rest: Record<string, number>) =>
  storedNetwork(warpnet, { family, kw: 2, classes: 10, ...rest });
const wrn = network('wrn', { unitsPerStage: 2 });
const warpnet1 = network('warpnet1', { K: 2, Nwarp: 1 });
const warpnet2 = network('warpnet2', { K: 2, Nwarp: 1 });
const execution: Execution = {
  devices: 'cpu:2',
  engine: 'traced',
  attempt: 1,
  dataCache: '',
  checkpointSeconds: 0,
  deterministic: false,
  tf32: false,
  trace: false,
  tensorboard: false,
};
const never = new AbortController().signal;
const tell = (): void => undefined;

/** Compiles all of them on two cores. */
export async function openRows(): Promise<OpenedRows> {
  await warpnet.loadModels();
  const folder = new ExperimentFolder(warpnet);
  const protocol = folder.protocol('released-code');
  const machine = { ...anyMachine, memoryBytes: 64e9 };
  const placed = (own: typeof wrn, layout: string): PlacedNetwork => ({
    network: own,
    layout: own.layout(layout, protocol),
  });
  const baseline = placed(wrn, '[F1, F2]');
  const measured = [placed(warpnet1, "[F1] [F2, F2'x1]"), placed(wrn, '2 x [F1, F2]')];
  const projected = [
    placed(warpnet1, "[F1] [F2] [F2'x1]"),
    placed(warpnet2, "[F1] [F2] [F2'F1]"),
    placed(wrn, '4 x [F1, F2]'),
  ];
  const rule = folder.profile('quick').timing.cpu;
  const timing = comparisonJob({ paper: warpnet, machine, protocol, baseline, compared: measured, batch, rule });
  const timed = await opened(timing);
  const priced: { plan: ProjectionPlan; job: OperationsJob; rows: Opened }[] = [];
  const context = { machine, sizeOf: stepSizes(), matrix: { paper: warpnet } };
  for (const place of projected) {
    const jobs: OperationsJob[] = [];
    const plan = planProjection({ ...place, baseline, batch, protocol }, context, (job) => jobs.push(job));
    const [job] = jobs;
    if (plan.skipped || job === undefined) throw new Error(`${place.layout.text} cannot be projected`);
    priced.push({ plan, job, rows: await opened(job) });
  }
  return {
    repeat: async (log) => {
      const { rows: found, steps } = await measuredRows(timing, timed, log);
      for (const { plan, job, rows } of priced) found.push(await projectedRow({ plan, protocol, job }, rows));
      return { rows: found, steps };
    },
    close: async () => {
      for (const { parts } of [timed, ...priced.map(({ rows }) => rows)]) await parts.close();
    },
  };
}

interface Opened {
  readonly parts: RowParts;
  readonly rows: readonly TimedRow[];
  readonly nextBatch: ReturnType<typeof oneBatch>;
  readonly batch: Parameters<typeof oneBatch>[0];
}

async function opened(job: TimingJob | OperationsJob): Promise<Opened> {
  const parts = await compileRows(job, execution);
  const { rows, batch: ofStep } = await parts.prepare(() => undefined);
  const nextBatch = oneBatch(ofStep);
  await warmUp(rows, { steps: 2, seconds: 0 }, nextBatch, { tell, signal: never });
  return { parts, rows, nextBatch, batch: ofStep };
}

async function measuredRows(
  job: TimingJob,
  { rows, batch: ofStep }: Opened,
  folder: string,
): Promise<{ rows: RepeatedRow[]; steps: MeasuredSteps }> {
  const context: Pick<RunContext, 'folder' | 'tell' | 'signal'> = { folder, tell, signal: never };
  const timed = await withCoreProbe(job, execution, (probe) => time({ job, rows, batch: ofStep, probe, ...context }));
  if ('stoppedAt' in timed) throw new Error('Internal error: nobody stops a benchmark');
  const [reference, ...others] = undisturbed(timed.rows).rows;
  if (reference === undefined) throw new Error('Internal error: a timing without rows');
  const found = others.map((row): RepeatedRow => {
    const { percent, interval } = relativeSpeedUp(reference, row);
    return { row: row.row, kind: 'measured', percent, interval };
  });
  const steps = timed.rows.map(({ row, milliseconds, rounds, otherLoads }) => ({
    ...{ row, milliseconds, rounds },
    ...(otherLoads ? { otherLoads } : {}),
  }));
  return { rows: found, steps };
}

const projector = new PlaceProjector(warpnet);

async function projectedRow(
  { plan, protocol, job }: { plan: ProjectionPlan; protocol: Protocol; job: OperationsJob },
  { rows, nextBatch }: Opened,
): Promise<RepeatedRow> {
  await warmUp(rows, warming, nextBatch, { tell, signal: never });
  const taken = await withCoreProbe(job, execution, (probe) =>
    profileInTurns(rows, nextBatch, profiling, never, otherLoadMeter(), probe),
  );
  if (taken === undefined) throw new Error('Internal error: nobody stops a benchmark');
  const times = operationTimes([...taken.profiles.values()].map((steps) => joinProfiles(steps)));
  const { percent } = await projector.project(plan, protocol, times);
  const row = `${plan.network.label} ${plan.layout.text}`;
  return { row, kind: 'projected', percent, interval: null };
}
