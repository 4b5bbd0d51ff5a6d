/** What running a cell needs from engine, network and data, already opened. Tests put their own parts in. */
import type { StepProfile } from '../../engine/step-graph.js';
import type { ErrorCell, TimingCell } from '../../plan/cell.js';
import type { Execution } from '../../store/execution.js';
import type { Program, TrainingData, ValidationData } from '../../kinds/training/program.js';
import type { TimedRow, TimingJob } from '../../kinds/timing/timing.js';

interface Opened {
  /** Version of the TensorFlow library or tfjs backend that computes. */
  readonly tensorflow: string;
  close(): Promise<void>;
}

export interface ErrorParts extends Opened {
  /** Opens data and compiles; called once the attempt has been announced. */
  prepare(): Promise<{
    readonly program: Program;
    readonly training: TrainingData;
    readonly validation: ValidationData;
    /** Profiles real steps, so weights change; undefined where the engine cannot. */
    readonly profile?: (() => Promise<StepProfile>) | undefined;
  }>;
}

export interface TimingParts extends Opened {
  /** Compiles one row after the other; `begin` is told which. */
  prepare(
    begin: (row: string) => void,
  ): Promise<{ readonly rows: readonly TimedRow[]; readonly batch: TimingJob['batch'] }>;
}

export interface PartsOpener {
  error(cell: ErrorCell, execution: Execution): Promise<ErrorParts>;
  timing(cell: TimingCell, execution: Execution): Promise<TimingParts>;
}
