/**
 * A table at a glance: a line a network, and beside each printed number the one of ours that it is judged by. What goes into
 * a paper and into a terminal; everything else stays in the CSV and in the HTML report.
 */
import { withoutStandIn } from '../arrange/heads.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { citedQuantity } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import { head, type HeadCell, type Source, type TableModel } from '../model.js';
import { arrangedGlance } from './arranged.js';
import { shownColumns, type GlanceColumn, type GlanceOptions } from './columns.js';
import type { Glance, GlanceCell } from './glance-model.js';
import { legendOf } from './legend.js';
import { marksOf } from './marks.js';

/** Places of one line: the same printed row, or the same network, data and layout, under every protocol. */
const lineKey = ({ entry }: EvaluatedEntry): string =>
  entry.published ?? [entry.label, entry.dataset, entry.layout?.text].join('|');

const labelOf = ([first]: readonly EvaluatedEntry[]): string => first?.entry.printed?.label ?? first?.entry.label ?? '';
type LineHead = (line: readonly EvaluatedEntry[]) => HeadCell[];
const layoutOf = ([first]: readonly EvaluatedEntry[]): string => first?.entry.layout?.text ?? '';
const devicesOf = ([first]: readonly EvaluatedEntry[]): string => String(first?.entry.layout?.devices ?? '');

/** What tells lines of one network apart: nothing, the number of devices where that is enough, or the layout. */
function deviceHeads(blocks: readonly (readonly (readonly EvaluatedEntry[])[])[]): LineHead {
  const apart = (of: (line: readonly EvaluatedEntry[]) => string): boolean =>
    blocks.every((lines) => new Set(lines.map((line) => `${labelOf(line)} ${of(line)}`)).size === lines.length);
  if (apart(() => '')) return () => [];
  return apart(devicesOf) ? (line) => [head(devicesOf(line))] : (line) => [head(layoutOf(line), 'layout')];
}

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

export function glanceOf(model: TableModel, options: GlanceOptions = {}): Glance {
  const groups = model.groups ?? [];
  const columns = shownColumns(model, options);
  if (groups.length === 0 || columns.length === 0) return arrangedGlance(model);
  const blocks = groups.map(({ title, places }) => ({
    title: title === null ? null : withoutStandIn(title),
    lines: [...groupBy(places, lineKey).values()],
  }));
  const deviceHead = deviceHeads(blocks.map(({ lines }) => lines));
  const hasDevices = blocks.some(({ lines: [line] }) => line !== undefined && deviceHead(line).length > 0);
  const withRows = blocks.map(({ title, lines }) => {
    const nameOf = namesOf(lines);
    return {
      title,
      rows: lines.map((line) => ({
        heads: [head(nameOf(line), 'network'), ...deviceHead(line)],
        cells: columns.map((column) => cellAt(line, column)),
      })),
    };
  });
  const shown = withRows.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flatMap((cell) => cell ?? [])));
  return {
    id: model.id,
    name: model.name,
    title: model.title,
    symbols: model.symbols,
    heads: ['Network', ...(hasDevices ? ['GPUs'] : [])],
    columns: columns.map(({ metric, source }) => ({ group: metric.title, label: labels[source] })),
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
