/** A row a protocol, the networks side by side: for many protocols and few networks. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import { isPlanned, type Metric } from '../metrics/metric.js';
import { head, numbers, type Row } from '../model.js';
import type { Arrange } from './arrangement.js';
import { oursAt } from './cells.js';
import { reductionNotes } from './heads.js';

const labelOf = ({ entry }: EvaluatedEntry): string => entry.label;

/** A quantity that the plan asks for, run or not. */
function isWanted(place: EvaluatedEntry, metric: Metric): boolean {
  const { value, byDefinition } = place.quantity(metric.id);
  return isPlanned(metric, place.entry) || (value !== null && !byDefinition);
}

/**
 * @param rowHead of the column with the protocols' names
 * @param shown metrics of the columns; `judged` those among them that verdicts are about
 */
export const byNetwork =
  (rowHead: string, shown: readonly MetricId[], judged: readonly MetricId[]): Arrange =>
  ({ places, protocols, metric }) => {
    const columns = [...groupBy(places, labelOf)].flatMap(([network, members]) =>
      shown.filter((id) => members.some((place) => isWanted(place, metric(id)))).map((id) => ({ network, id })),
    );
    const rows = protocols.map((protocol): Row => {
      const own = places.filter(({ entry }) => entry.protocol === protocol);
      return {
        heads: [head(protocol, 'text', { notes: [...new Set(own.flatMap((place) => reductionNotes([place])))] })],
        cells: columns.map(({ network, id }) =>
          numbers(
            oursAt(
              own.find((place) => labelOf(place) === network),
              metric(id),
            ),
          ),
        ),
      };
    });
    return {
      heads: [rowHead],
      columns: columns.map(({ network, id }) => ({
        group: network,
        label: metric(id).short,
        protocol: null,
        source: 'ours' as const,
      })),
      blocks: [{ title: null, rows }],
      metrics: judged,
      bold: false,
    };
  };
