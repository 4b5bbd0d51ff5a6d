/** Tables 4 and 5, Figure 2's end points and rows shown below another table: a row a network, a group of columns a metric. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { head, type Row } from '../model.js';
import type { Published } from '../evaluate/published.js';
import type { Metric } from '../evaluate/quantity.js';
import { markBest } from './best.js';
import type { Arrangement } from '../../../experiments/warpnet/arrange/by-width.js';
import { groupBy, metricCells, metricColumns, networkHead } from './parts.js';

/** Entries of one printed row, under all protocols, make one row. */
export function arrangeByMetric(
  places: readonly EvaluatedEntry[],
  protocols: readonly string[],
  metrics: readonly Metric[],
  published: Published,
): Arrangement {
  const rowKey = ({ entry }: EvaluatedEntry): string =>
    entry.published ?? [entry.label, entry.dataset, entry.layout].join('|');
  const rows = [...groupBy(places, rowKey).values()].map((members): Row => {
    const first = members[0]?.entry;
    return {
      heads: [networkHead(first?.label ?? '', members), head(first?.layout ?? '', 'layout')],
      cells: metricCells(members, metrics, protocols, published),
    };
  });
  const columns = metricColumns(metrics, protocols);
  // A count does not depend on the protocol: one column of ours is enough.
  const keep = columns.map(
    ({ group, protocol }, index) =>
      group !== 'Parameters' ||
      protocol === null ||
      columns.findIndex((other) => other.group === group && other.protocol !== null) === index,
  );
  const kept = <T>(items: readonly T[]): T[] => items.filter((_, index) => keep[index]);
  return {
    heads: ['Network', 'GPUs'],
    columns: kept(columns).map((column) =>
      column.group === 'Parameters' && column.protocol !== null ? { ...column, label: 'ours', protocol: null } : column,
    ),
    blocks: [{ title: null, rows: markBest(rows.map((row) => ({ ...row, cells: kept(row.cells) }))) }],
    metrics,
  };
}
