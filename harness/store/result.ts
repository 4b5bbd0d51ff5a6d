/** Types of what `result.json` holds; each kind of work has its own schema. */
export type { CellResult, ErrorResult, TimingResult } from '../kinds/index.js';
export type { Evaluation } from '../kinds/training/result.js';
export type { Environment } from './environment.js';
