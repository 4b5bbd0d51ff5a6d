/** A table without printed numbers beside ours, as it is arranged: in the shape of the others. */
import { groupBy } from '../groups.js';
import type { Cell, TableModel } from '../model.js';
import type { Glance, GlanceCell } from './glance-model.js';
import { marksOf } from './marks.js';

function cellOf({ quantities, text }: Cell): GlanceCell | string | null {
  if (text !== null) return text;
  const [quantity] = quantities;
  return quantity === undefined ? null : { quantity, marks: marksOf(quantity) };
}

/** Numbers a row, where there are several groups of them. */
const mostColumns = 5;

/** A legend of more lines is a page of its own: the HTML report has all of it. */
const mostLines = 5;

export function arrangedGlance(model: TableModel): Glance {
  // Where a table shows more than it is about, such as losses beside errors, that is left out.
  const isShown = (column: number): boolean => {
    const cells = model.blocks.flatMap(({ rows }) => rows.flatMap(({ cells: own }) => own[column]?.quantities ?? []));
    return cells.length === 0 || cells.some(({ metric }) => model.metrics.includes(metric.id));
  };
  const all = model.columns.map((column, index) => ({ column, index })).filter(({ index }) => isShown(index));
  // Whole groups, as many as are taken in at a glance; a grid of one group stays whole.
  const groups = [...groupBy(all, ({ column }) => column.group).values()];
  const [first = [], ...others] = groups;
  const shown = others.reduce(
    (kept, group) => (kept.length + group.length > mostColumns ? kept : [...kept, ...group]),
    first,
  );
  return {
    id: model.id,
    name: model.name,
    title: model.title,
    symbols: model.symbols,
    heads: model.heads,
    columns: shown.map(({ column: { group, label } }) => ({ group, label })),
    blocks: model.blocks.map(({ title, rows }) => ({
      title,
      rows: rows.map(({ heads, cells }) => ({
        heads,
        cells: shown.map(({ index }) => cellOf(cells[index] ?? { quantities: [], text: null })),
      })),
    })),
    legend: [...model.banner, ...model.remarks].slice(0, mostLines),
  };
}
