/** Marks the lowest number of a column in a block, as papers' bold type does, where the statistics allow it. */
import { intervalOf, type MetricFacts, type MetricId, type Quantity } from '../evaluate/quantity.js';
import { overlap } from '../../core/statistics.js';
import type { Cell, Row } from '../model.js';

/** Of what is better when it is lower, such as errors. */
const isMarked = ({ better }: MetricFacts): boolean => better === 'lower';

/** Whether a table of these metrics has bold numbers. */
export const hasBold = (metrics: readonly MetricId[], metric: (id: MetricId) => MetricFacts): boolean =>
  metrics.some((id) => isMarked(metric(id)));

/** The index of the clear winner: lowest, and its interval meets no other's. Printed numbers have no interval: lowest wins. */
export function clearlyLowest(candidates: readonly (Quantity | undefined)[]): number | null {
  const present = candidates.flatMap((candidate, index) =>
    candidate && candidate.value !== null && !candidate.printed?.lowConfidence ? [{ candidate, index }] : [],
  );
  const [first, ...others] = present.sort((a, b) => (a.candidate.value ?? 0) - (b.candidate.value ?? 0));
  if (!first || others.length === 0) return null;
  const clear = others.every(({ candidate }) => !overlap(intervalOf(first.candidate), intervalOf(candidate)));
  return clear ? first.index : null;
}

function withBest(cell: Cell, at: number): Cell {
  return { ...cell, quantities: cell.quantities.map((item, index) => (index === at ? { ...item, best: true } : item)) };
}

/** Marks rows of one block, column by column. */
export function markBest(rows: readonly Row[]): Row[] {
  const marked = rows.map((row) => [...row.cells]);
  const columns = rows[0]?.cells.length ?? 0;
  for (let column = 0; column < columns; column++) {
    const at = rows[0]?.cells[column]?.quantities.findIndex(({ metric }) => isMarked(metric)) ?? -1;
    if (at < 0) continue;
    const winner = clearlyLowest(rows.map((row) => row.cells[column]?.quantities[at]));
    const cell = winner === null ? undefined : marked[winner]?.[column];
    if (winner !== null && cell) marked[winner]?.splice(column, 1, withBest(cell, at));
  }
  return rows.map((row, index) => ({ ...row, cells: marked[index] ?? row.cells }));
}
