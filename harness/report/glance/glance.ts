/**
 * A table at a glance: a line a network, and beside each printed number the one of ours that it is judged by. What goes into
 * a paper and into a terminal; everything else stays in the CSV and in the HTML report.
 */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { citedQuantity, type MetricFacts, type Quantity } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import { head, type HeadCell, type PlaceGroup, type Source, type TableModel } from '../model.js';
import { shownColumns, type GlanceColumn, type GlanceOptions } from './columns.js';
import { legendOf } from './legend.js';
import { marksOf, type Mark } from './marks.js';

/** A number with the marks that the legend explains; null where the table has none to show. */
export interface GlanceCell {
  readonly quantity: Quantity;
  readonly marks: readonly Mark[];
}

export interface GlanceRow {
  readonly heads: readonly HeadCell[];
  readonly cells: readonly (GlanceCell | null)[];
}

export interface Glance {
  readonly id: string;
  /** `Table 2`. */
  readonly name: string;
  readonly title: string;
  readonly heads: readonly string[];
  readonly columns: readonly { readonly group: string; readonly label: string; readonly metric: MetricFacts | null }[];
  readonly blocks: readonly { readonly title: string | null; readonly rows: readonly GlanceRow[] }[];
  /** At most five sentences. */
  readonly legend: readonly string[];
}

/** Places of one line: the same printed row, or the same network, data and layout, under every protocol. */
const lineKey = ({ entry }: EvaluatedEntry): string =>
  entry.published ?? [entry.label, entry.dataset, entry.layout?.text].join('|');

const labelOf = ([first]: readonly EvaluatedEntry[]): string => first?.entry.printed?.label ?? first?.entry.label ?? '';
const layoutOf = ([first]: readonly EvaluatedEntry[]): string => first?.entry.layout?.text ?? '';

/** Printed labels where they tell the lines of a block apart, else those of the experiment, which do. */
function namesOf(lines: readonly (readonly EvaluatedEntry[])[]): (line: readonly EvaluatedEntry[]) => string {
  const keys = lines.map((line) => `${labelOf(line)} ${layoutOf(line)}`);
  const apart = new Set(keys).size === keys.length;
  return (line) => (apart ? labelOf(line) : (line[0]?.entry.label ?? ''));
}

function cellAt(line: readonly EvaluatedEntry[], { metric, source, protocol }: GlanceColumn): GlanceCell | null {
  const place = line.find(({ entry }) => entry.protocol === protocol) ?? line[0];
  if (place === undefined) return null;
  const own = place.quantity(metric.id);
  const quantity =
    source === 'printed' ? citedQuantity(metric, own.printed) : source === 'modelled' ? place.modelled(metric.id) : own;
  // A baseline's 0 % stands for itself under every source.
  const shown = quantity ?? (own.byDefinition ? own : null);
  return shown && { quantity: shown, marks: marksOf(shown) };
}

/** Null for a table without printed numbers beside ours: it is shown as it is arranged. */
export function glanceOf(model: TableModel, options: GlanceOptions = {}): Glance | null {
  const groups = model.groups ?? [];
  const columns = shownColumns(model, options);
  if (groups.length === 0 || columns.length === 0) return null;
  const blocks = groups.map(({ title, places }: PlaceGroup) => ({
    title,
    lines: [...groupBy(places, lineKey).values()],
  }));
  // Layouts are shown where they tell lines apart.
  const layouts = blocks.some(({ lines }) => new Set(lines.map(labelOf)).size < lines.length);
  const withRows = blocks.map(({ title, lines }) => {
    const nameOf = namesOf(lines);
    return {
      title,
      rows: lines.map((line): GlanceRow => ({
        heads: [head(nameOf(line), 'network'), ...(layouts ? [head(layoutOf(line), 'layout')] : [])],
        cells: columns.map((column) => cellAt(line, column)),
      })),
    };
  });
  const shown = withRows.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flatMap((cell) => cell ?? [])));
  return {
    id: model.id,
    name: model.name,
    title: model.title,
    heads: ['Network', ...(layouts ? ['GPUs'] : [])],
    columns: columns.map(({ metric, source }) => ({ group: metric.title, label: labels[source], metric })),
    blocks: withRows,
    legend: legendOf(model, columns, shown),
  };
}

const labels: Readonly<Record<Source, string>> = {
  printed: 'printed',
  ours: 'ours',
  modelled: 'modelled',
  other: '',
};
