/** What an arrangement of a table is made from. */
import type { PrintedNumbers } from '../../plan/paper/printed.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId } from '../evaluate/quantity.js';
import type { Metric } from '../metrics/metric.js';
import type { Arrangement } from '../model.js';

export interface Arranged {
  /** The table's own, in the plan's order. */
  readonly places: readonly EvaluatedEntry[];
  /** Names of the protocols, in the order of the columns. */
  readonly protocols: readonly string[];
  readonly printed: PrintedNumbers;
  readonly metric: (id: MetricId) => Metric;
}

export type Arrange = (of: Arranged) => Arrangement;
