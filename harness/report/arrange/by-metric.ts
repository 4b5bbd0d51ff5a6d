/** A row a network, a group of columns a metric. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import type { Row } from '../model.js';
import type { Arrange } from './arrangement.js';
import { hasBold, markBest } from './best.js';
import { comparisonCells, comparisonColumns, modelledProtocols } from './cells.js';
import { layoutHead, networkHead } from './heads.js';

/** Entries of one printed row, under all protocols, make one row. */
const rowKey = ({ entry }: EvaluatedEntry): string =>
  entry.published ?? [entry.label, entry.dataset, entry.layout?.text].join('|');

export const byMetric =
  (metrics: readonly MetricId[]): Arrange =>
  ({ places, protocols, printed, metric }) => {
    // A count does not depend on the protocol: one column of ours is enough.
    const groups = metrics.map((id) => ({
      id,
      protocols: metric(id).unit === 'count' ? protocols.slice(0, 1) : protocols,
      modelled: modelledProtocols(places, [id], protocols),
    }));
    const columns = groups.flatMap(({ id, ...compared }) => {
      const found = comparisonColumns(metric(id).title, compared);
      return metric(id).unit === 'count'
        ? found.map((column) => (column.protocol === null ? column : { ...column, label: 'ours', protocol: null }))
        : found;
    });
    const rows = [...groupBy(places, rowKey).values()].map((members): Row => ({
      heads: [networkHead(members[0]?.entry.label ?? '', members), layoutHead(members)],
      cells: groups.flatMap(({ id, ...compared }) => comparisonCells(members, [id], { ...compared, printed, metric })),
    }));
    return {
      heads: ['Network', 'GPUs'],
      columns,
      blocks: [{ title: null, rows: markBest(rows) }],
      groups: [{ title: null, places }],
      metrics,
      bold: hasBold(metrics, metric),
    };
  };
