/** The number that the paper prints at a place. */
import type { PlannedEntry } from '../../plan/plan.js';
import type { Printed, PrintedNumbers } from '../../plan/paper/printed.js';
import type { MetricId } from '../evaluate/quantity.js';

export const printedNumber = (entry: PlannedEntry, metric: MetricId, { rows }: PrintedNumbers): Printed | null =>
  (entry.published === null ? undefined : rows.get(entry.published)?.values[metric]) ?? null;
