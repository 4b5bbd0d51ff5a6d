/** A block a data set, a row a network: the printed number beside ours. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { hasBold, markBest } from '../../../harness/report/arrange/best.js';
import { comparisonCells, comparisonColumns } from '../../../harness/report/arrange/cells.js';
import { datasetHead, networkHead } from '../../../harness/report/arrange/heads.js';
import type { MetricId } from '../../../harness/report/evaluate/quantity.js';
import { groupBy } from '../../../harness/report/groups.js';
import type { Block } from '../../../harness/report/model.js';

const imageNet = 'ImageNet, 224 pixels';

/** @param counted whether the metric is the same under every protocol, so that one column of ours is enough */
export const byDataset =
  (id: MetricId, { counted = false } = {}): Arrange =>
  ({ places, protocols, printed, metric }) => {
    const compared = { protocols: counted ? protocols.slice(0, 1) : protocols, modelled: [] };
    const groups = [...groupBy(places, ({ entry }) => entry.dataset ?? '').values()].map((own) => ({
      title: own[0]?.entry.dataset === null ? imageNet : datasetHead(own),
      places: own,
    }));
    const blocks = groups.map(({ title, places: own }): Block => ({
      title,
      rows: markBest(
        [...groupBy(own, ({ entry }) => entry.published ?? entry.label).values()].map((members) => ({
          heads: [networkHead(members[0]?.entry.label ?? '', members)],
          cells: comparisonCells(members, [id], { ...compared, printed, metric }),
        })),
      ),
    }));
    return {
      heads: ['Network'],
      columns: comparisonColumns(metric(id).title, compared).map((column) =>
        counted && column.protocol !== null ? { ...column, label: 'ours', protocol: null } : column,
      ),
      blocks,
      groups,
      metrics: [id],
      bold: hasBold([id], metric),
    };
  };
