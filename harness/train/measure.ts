/** Measures a cell: opens what it needs, trains or times it, and says what its result will be. */
import { join } from 'node:path';
import type { StepProfile } from '../engine/step-graph.js';
import { batchOf, type Cell, type ErrorCell, type TimingCell } from '../experiment/cell.js';
import { labelOf, type NetworkSpecification } from '../network/specification.js';
import type { Execution } from '../result/execution.js';
import { isDisturbing } from '../result/other-load.js';
import type { CellResult, Environment, Evaluation } from '../result/result.js';
import { operationTimes } from '../simulate/operation-times.js';
import type { PartsOpener } from './cell-parts.js';
import { recordPower } from './energy.js';
import { describeEnvironment } from './environment.js';
import type { Tell } from './event-log.js';
import { visibleGpus } from './gpus.js';
import { traceName, writeTrace } from './step-trace.js';
import { openSummary } from './tensorboard.js';
import { time } from './timing.js';
import { train } from './trainer.js';

export interface Attempt {
  readonly folder: string;
  readonly execution: Execution;
  readonly opener: PartsOpener;
  readonly tell: Tell;
  readonly warn: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What is in every result; the rest depends on the kind of cell. */
export type Shared = Pick<
  CellResult,
  | 'schema'
  | 'id'
  | 'numericsVersion'
  | 'finishedAt'
  | 'wallSeconds'
  | 'attempts'
  | 'environment'
  | 'peakMemoryBytes'
  | 'energyJoules'
>;

export type Measured =
  | { readonly stoppedAt: number }
  | {
      readonly result: (shared: Shared) => CellResult;
      readonly environment: Environment;
    };

/** @throws Problem whatever keeps it from being measured */
export const measure = (cell: Cell, attempt: Attempt): Promise<Measured> =>
  cell.kind === 'error' ? measureError(cell, attempt) : measureTiming(cell, attempt);

async function measureError(cell: ErrorCell, attempt: Attempt): Promise<Measured> {
  const { folder, execution, tell, warn, signal } = attempt;
  return withParts(
    attempt,
    () => attempt.opener.error(cell, execution),
    async (parts, environment) => {
      tell({ type: 'phase', phase: 'compiling' });
      const { program, training, validation, profile } = await parts.prepare();
      tell({ type: 'phase', phase: 'training' });
      const { checkpointSeconds, tensorboard } = execution;
      const summaryFrom = tensorboard
        ? (resumed: number | undefined) => openSummary(join(folder, 'tensorboard'), resumed, warn)
        : undefined;
      const trained = await train({
        cell,
        folder,
        program,
        training,
        validation,
        checkpointSeconds,
        tell,
        warn,
        signal,
        summaryFrom,
      });
      if ('stoppedAt' in trained) return trained;
      // Last, for a profiled step changes the weights, which are in the checkpoint by now.
      if (execution.trace && profile)
        await writeTrace(
          folder,
          'trace',
          await profile(),
          traceTitle(cell.network, '', cell.training.batch, cell, execution),
        );
      const { evaluations, finalLoss } = trained;
      const { last, best } = lastAndBest(evaluations);
      return {
        environment,
        result: (shared) => ({
          kind: 'error',
          ...shared,
          parameters: program.parameters,
          trainImages: training.images,
          validationImages: validation.images,
          last,
          best,
          evaluations: [...evaluations],
          finalLoss,
        }),
      };
    },
  );
}

async function measureTiming(cell: TimingCell, attempt: Attempt): Promise<Measured> {
  const { folder, execution, tell, signal } = attempt;
  return withParts(
    attempt,
    () => attempt.opener.timing(cell, execution),
    async (parts, environment) => {
      if (signal.aborted) return { stoppedAt: 0 };
      const { rows, batch } = await parts.prepare((detail) => {
        tell({ type: 'phase', phase: 'compiling', detail });
      });
      const networks = new Map(cell.rows.map((row) => [row.row, row]));
      const profiles: StepProfile[] = [];
      const onProfile = async (name: string, profile: StepProfile) => {
        profiles.push(profile);
        const row = networks.get(name);
        if (row && (execution.trace || comparesLayouts(cell)))
          await writeTrace(
            folder,
            traceName(name),
            profile,
            traceTitle(row.network, row.layout, batchOf(cell, row), cell, execution),
          );
      };
      const timed = await time({
        cell,
        folder,
        rows,
        batch,
        tell,
        signal,
        onProfile,
      });
      if ('stoppedAt' in timed) return timed;
      if (isDisturbing(timed.otherLoad)) tell({ type: 'disturbed', otherLoad: timed.otherLoad });
      return {
        environment,
        result: (shared) => ({
          kind: 'timing',
          ...shared,
          hardware: cell.hardware,
          ...timed,
          // Where steps are timed, operations are those of other networks on other devices.
          ...(cell.rounds === 0 ? { operations: operationTimes(profiles) } : {}),
        }),
      };
    },
  );
}

/** Then a picture of the steps says more than their times: the report draws them side by side. */
const comparesLayouts = ({ devices, rounds }: TimingCell): boolean => devices > 1 && rounds > 0;

/** Opens engine and data while the machine is described, announces the attempt, and closes what was opened. */
async function withParts<Parts extends { tensorflow: string; close(): Promise<void> }>(
  { folder, execution, tell }: Attempt,
  open: () => Promise<Parts>,
  run: (parts: Parts, environment: Environment) => Promise<Measured>,
): Promise<Measured> {
  tell({ type: 'phase', phase: 'loading' });
  const [parts, described, { gpus }] = await Promise.all([
    open(),
    describeEnvironment(execution),
    visibleGpus(execution.devices),
  ]);
  const stopReadings = recordPower(folder, gpus);
  try {
    const environment = { ...described, tensorflow: parts.tensorflow };
    tell({ type: 'started', pid: process.pid, environment });
    return await run(parts, environment);
  } finally {
    stopReadings();
    await parts.close();
  }
}

const traceTitle = (
  network: NetworkSpecification,
  layout: string,
  batch: number,
  { protocol }: Cell,
  { devices, engine }: Execution,
): string =>
  `${`${labelOf(network)} ${layout}`.trim()}, ${protocol.name}, batch ${batch}, ${engine} engine on ${devices}`;

/** The best is the earliest of those with the lowest top-1 error. */
function lastAndBest(evaluations: readonly Evaluation[]): { last: Evaluation; best: Evaluation } {
  const [first, ...rest] = evaluations;
  if (!first) throw new Error('Internal error: a training ended without an evaluation');
  const best = rest.reduce((lowest, one) => (one.errorPct < lowest.errorPct ? one : lowest), first);
  return { last: rest.at(-1) ?? first, best };
}
