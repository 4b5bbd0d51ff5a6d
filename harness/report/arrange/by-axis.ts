/** A row a network and layout, a group of columns a value of one axis; the places of a block under one title. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { MetricId } from '../evaluate/quantity.js';
import { groupBy } from '../groups.js';
import type { Block, Row } from '../model.js';
import type { Arrange, Arranged } from './arrangement.js';
import { axisValue, valuesOf } from './axes.js';
import { hasBold, markBest } from './best.js';
import { comparisonCells, comparisonColumns, modelledProtocols, type Compared } from './cells.js';
import { layoutHead, networkHead } from './heads.js';

export interface ByAxis {
  /** Name of the axis that the columns spread out. */
  readonly axis: string;
  /** One number, or two as `error (RS)`. */
  readonly metrics: readonly MetricId[];
  /** After the axis's value in the head of a group: `error % (RS)`. */
  readonly what: string;
  /** Equal for places of one block; all are one block without it. */
  readonly block?: {
    readonly key: (place: EvaluatedEntry) => string;
    readonly title: (places: readonly EvaluatedEntry[]) => string;
  };
  /** The network of a row, whatever the axis. */
  readonly label: (place: EvaluatedEntry) => string;
}

/** Places that differ on the axis and in the protocol alone. */
const rowKey =
  (axis: string) =>
  ({ entry }: EvaluatedEntry): string => {
    const others = Object.entries(entry.axes ?? {}).filter(([name]) => name !== axis);
    return JSON.stringify([entry.printed?.system ?? entry.label, entry.dataset, others, entry.layout?.text]);
  };

export const byAxis =
  ({ axis, metrics, what, block, label }: ByAxis): Arrange =>
  (of) => {
    const values = valuesOf(of.places, axis);
    const compared = { ...of, modelled: modelledProtocols(of.places, metrics, of.protocols) };
    const rowOf = (members: readonly EvaluatedEntry[]): Row => {
      const [first] = members;
      return {
        heads: [networkHead(first === undefined ? '' : label(first), members), layoutHead(members)],
        cells: values.flatMap((value) => cellsAt(members, axis, value, metrics, compared)),
      };
    };
    const groups = [...groupBy(of.places, block?.key ?? (() => '')).values()].map((places) => ({
      title: block?.title(places) ?? null,
      places,
    }));
    const blocks = groups.map(({ title, places }): Block => ({
      title,
      rows: markBest([...groupBy(places, rowKey(axis)).values()].map(rowOf)),
    }));
    return {
      heads: ['Network', 'GPUs'],
      columns: values.flatMap((value) => comparisonColumns(`${axis} = ${value}: ${what}`, compared)),
      blocks,
      groups,
      metrics,
      bold: hasBold(metrics, of.metric),
    };
  };

const cellsAt = (
  places: readonly EvaluatedEntry[],
  axis: string,
  value: string | number,
  metrics: readonly MetricId[],
  of: Arranged & Compared,
) =>
  comparisonCells(
    places.filter((place) => axisValue(place, axis) === value),
    metrics,
    of,
  );
