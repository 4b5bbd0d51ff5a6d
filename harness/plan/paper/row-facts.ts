import type { DatasetName } from '../dataset-facts.js';
import type { Axes } from './network.js';

/** What a row is about: what conditions look at. */
export interface RowFacts {
  readonly dataset: DatasetName;
  /** Name of a system of the paper. */
  readonly network: string;
  readonly axes: Axes;
}
