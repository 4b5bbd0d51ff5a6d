/** A row a network and layout, with numbers of ours alone: for tables that the paper does not print. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import { head, numbers, type Block, type Column, type HeadCell, type Row } from '../model.js';
import type { Arrange } from './arrangement.js';
import { hasBold, markBest } from './best.js';
import { oursAt } from './cells.js';
import { layoutHead, networkHead } from './heads.js';

/** Images of a timed or projected step; null where there is none. */
export function batchAt({ entry: { timing, projection } }: EvaluatedEntry): number | null {
  if (!timing.skipped) return timing.batch;
  return projection === null || projection.skipped ? null : projection.batch;
}

/** Devices that the layout needs. */
export const devicesAt = ({ entry }: EvaluatedEntry): number => entry.layout?.devices ?? 1;

export interface OursOptions {
  readonly metrics: readonly MetricId[];
  /** Those among them that verdicts are about. */
  readonly judged?: readonly MetricId[];
  /** A block with a title for equal values of this; all in one where it is left out. */
  readonly block?: (place: EvaluatedEntry) => string;
  /** Columns of text after the layout. */
  readonly facts?: readonly { readonly title: string; readonly of: (place: EvaluatedEntry) => string }[];
  /** Whether the layout is shown; true where it is left out. */
  readonly layouts?: boolean;
}

/** Rows of one network that differ in layout or batch are rows; protocols are columns. */
export const oursByMetric =
  ({ metrics, judged = [], block = () => '', facts = [], layouts = true }: OursOptions): Arrange =>
  ({ places, protocols, metric }) => {
    const columns = metrics.flatMap((id) =>
      (metric(id).unit === 'count' ? protocols.slice(0, 1) : protocols).map((protocol): Column & { id: MetricId } => ({
        group: metric(id).title,
        label: protocols.length === 1 ? 'ours' : protocol,
        protocol,
        id,
      })),
    );
    const rowOf = (members: readonly EvaluatedEntry[]): Row => {
      const [first] = members;
      const own: HeadCell[] = first === undefined ? [] : facts.map(({ of }) => head(of(first)));
      return {
        heads: [networkHead(first?.entry.label ?? '', members), ...(layouts ? [layoutHead(members)] : []), ...own],
        cells: columns.map(({ id, protocol }) =>
          numbers(
            oursAt(
              members.find(({ entry }) => entry.protocol === protocol),
              metric(id),
            ),
          ),
        ),
      };
    };
    const key = (place: EvaluatedEntry): string =>
      [place.entry.label, place.entry.dataset, place.entry.layout?.text, batchAt(place)].join('|');
    const blocks = [...groupBy(places, block)].map(([title, own]): Block => ({
      title: title === '' ? null : title,
      rows: markBest([...groupBy(own, key).values()].map(rowOf)),
    }));
    return {
      heads: ['Network', ...(layouts ? ['Devices'] : []), ...facts.map(({ title }) => title)],
      columns: columns.map(({ group, label, protocol }) => ({ group, label, protocol })),
      blocks,
      metrics: judged.length === 0 ? metrics : judged,
      bold: hasBold(metrics, metric),
    };
  };
