/** Rows ready to run on one engine, and what timing them and timing their operations have in common. */
import type { StepProfile } from '../../engine/step-graph.js';
import type { Tell } from '../../store/events.js';
import type { Execution } from '../../store/execution.js';
import type { Opened } from '../run-context.js';
import type { Batch } from '../training/program.js';
import type { RowsOnDevices } from '../timing/job.js';

/** A row ready to run: compiled, its weights on the devices. */
export interface TimedRow {
  readonly row: string;
  readonly layout: string;
  readonly parameters: number;
  readonly compileSeconds: number;
  /** One training step, feeding included; resolves when the device is done. */
  step(batch: Batch): Promise<unknown>;
  /** Milliseconds that it takes to hand the batch to the device; on GPUs alone, where it is a copy. */
  readonly feed?: ((batch: Batch) => Promise<number>) | undefined;
  /** Runs a profiled step, where the engine can. */
  readonly profile?: ((batch: Batch) => Promise<StepProfile>) | undefined;
}

/** Decodes and augments the batch of a step. */
export type BatchOfStep = (step: number) => Promise<Batch>;

/** What a job on rows has open. */
export interface RowParts extends Opened {
  /** Compiles one row after the other, all of which stay in memory, for they take turns; `begin` is told which. */
  prepare(begin: (row: string) => void): Promise<{ readonly rows: readonly TimedRow[]; readonly batch: BatchOfStep }>;
}

/** Tests open parts of their own. */
export type OpenRows = (job: RowsOnDevices, execution: Execution) => Promise<RowParts>;

/** Profiled steps that each row of a timing ends with, in turns. */
export const profiledSteps = 2;

/** How many steps of each row nobody counts: at least `steps`, and so many that `seconds` are over. */
export interface WarmUp {
  readonly steps: number;
  readonly seconds: number;
}

/** Runs steps of every row that nobody counts. False where it was stopped. */
export async function warmUp(
  rows: readonly TimedRow[],
  { steps, seconds }: WarmUp,
  nextBatch: () => Promise<Batch>,
  { tell, signal }: { readonly tell: Tell; readonly signal: AbortSignal },
): Promise<boolean> {
  for (const timed of rows) {
    tell({ type: 'phase', phase: 'warming-up', detail: timed.row });
    const start = performance.now();
    for (let warm = 0; warm < steps || performance.now() - start < 1000 * seconds; warm += 1) {
      if (signal.aborted) return false;
      await timed.step(await nextBatch());
    }
  }
  return true;
}
