/** Success rates in a grid: a row an arm or a teacher, a column a value of one axis. No column is of printed numbers. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { axisValue, valuesOf } from '../../../harness/report/arrange/axes.js';
import { oursAt } from '../../../harness/report/arrange/cells.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { groupBy } from '../../../harness/report/groups.js';
import { head, numbers } from '../../../harness/report/model.js';

export interface Grid {
  /** Heads of the columns that say what a row is of, with their texts. */
  readonly rows: Readonly<Record<string, (place: EvaluatedEntry) => string>>;
  /** The axis that columns spread out, and how a value of it is set; one column without it. */
  readonly columns?: { readonly axis: string; readonly title: (value: string | number) => string };
}

const group = 'Success (%)';

/** Protocols decide nothing of these trials: those of the first are those of all. */
export const grid =
  ({ rows, columns }: Grid): Arrange =>
  ({ places: all, protocols, metric }) => {
    const places = all.filter(({ entry }) => entry.protocol === protocols[0]);
    const values = columns === undefined ? [null] : valuesOf(places, columns.axis);
    const textsOf = (place: EvaluatedEntry): string[] => Object.values(rows).map((text) => text(place));
    const lines = [...groupBy(places, (place) => JSON.stringify(textsOf(place))).values()].flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      const at = (value: string | number | null): EvaluatedEntry | undefined =>
        value === null || columns === undefined
          ? first
          : members.find((place) => axisValue(place, columns.axis) === value);
      return [
        {
          heads: textsOf(first).map((text) => head(text)),
          cells: values.map((value) => numbers(oursAt(at(value), metric('success')))),
        },
      ];
    });
    return {
      heads: Object.keys(rows),
      columns: values.map((value) => ({
        group,
        label: value === null || columns === undefined ? 'ours' : columns.title(value),
        protocol: null,
      })),
      blocks: [{ title: null, rows: lines }],
      metrics: ['success'],
      bold: false,
    };
  };
