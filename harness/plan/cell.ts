/** The jobs of all kinds of work. */
export type { Cell, ErrorCell, OperationsJob, TimingCell } from '../kinds/index.js';
export type { TimingRow } from '../kinds/timing/job.js';
export type { Training } from '../kinds/training/job.js';
