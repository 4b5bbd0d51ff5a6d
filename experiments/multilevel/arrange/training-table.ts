/** A row a network, a block a data set: the error, the training time, and the share of it that growing saves. */
import type { Arrange, Arranged } from '../../../harness/report/arrange/arrangement.js';
import { comparisonCells, comparisonColumns, oursAt, printedOf } from '../../../harness/report/arrange/cells.js';
import { datasetHead, networkHead } from '../../../harness/report/arrange/heads.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { MetricId } from '../../../harness/report/evaluate/quantity.js';
import { groupBy } from '../../../harness/report/groups.js';
import { numbers, type Cell, type Column, type Row } from '../../../harness/report/model.js';

const rowKey = ({ entry }: EvaluatedEntry): string => [entry.label, entry.dataset].join('|');

/** Predictions stand between the printed number and ours. */
interface Group {
  readonly title: string;
  readonly metric: MetricId;
  readonly predictions: readonly { readonly label: string; readonly metric: MetricId }[];
}

const groups: readonly Group[] = [
  { title: 'Error (%)', metric: 'error', predictions: [] },
  {
    title: 'Training time (ours in s)',
    metric: 'training-time',
    predictions: [{ label: 'line (min)', metric: 'line-minutes' }],
  },
  {
    title: 'Time saved (%)',
    metric: 'time-saved',
    predictions: [
      { label: 'formula', metric: 'saved-by-formula' },
      { label: 'blocks', metric: 'saved-by-blocks' },
      { label: 'line', metric: 'saved-by-line' },
    ],
  },
];

function columnsOf({ title, predictions }: Group, protocols: readonly string[]): Column[] {
  const [cited, ...ours] = comparisonColumns(title, { protocols, modelled: [] });
  const between = predictions.map(({ label }): Column => ({ group: title, label, protocol: null, source: 'other' }));
  return [...(cited === undefined ? [] : [cited]), ...between, ...ours];
}

function cellsOf({ metric, predictions }: Group, places: readonly EvaluatedEntry[], of: Arranged): Cell[] {
  const [cited, ...ours] = comparisonCells(places, [metric], { ...of, modelled: [] });
  const between = predictions.map((prediction) => numbers(oursAt(places[0], of.metric(prediction.metric))));
  return [cited ?? numbers(printedOf(undefined, of.metric(metric), of.printed)), ...between, ...ours];
}

export const trainingTable: Arrange = (of) => {
  const metrics = ['error', 'time-saved'];
  const rowOf = (members: readonly EvaluatedEntry[]): Row => ({
    heads: [networkHead(members[0]?.entry.label ?? '', members)],
    cells: groups.flatMap((group) => cellsOf(group, members, of)),
  });
  const datasets = [...groupBy(of.places, ({ entry }) => String(entry.dataset)).values()].map((places) => ({
    title: datasetHead(places),
    places,
  }));
  return {
    heads: ['Network'],
    columns: groups.flatMap((group) => columnsOf(group, of.protocols)),
    blocks: datasets.map(({ title, places }) => ({
      title,
      rows: [...groupBy(places, rowKey).values()].map(rowOf),
    })),
    groups: datasets,
    metrics,
    bold: false,
  };
};

/** What the columns are. */
export const trainingRemarks = (): string[] => [
  'Training time: printed in minutes on one GTX 1080; ours is device time of the training steps alone, of each phase the median step times the number of its steps, so without evaluation and start. Time saved: 100 less the time as a percentage of the time of the network of the same depth that is trained from the start, on the same machine.',
  'Predictions, in italics: the closed formula for equally spaced interpolations; time proportional to blocks, with the paper’s cycles of 60, 50 and 50 epochs; and the line 12.67 min × (blocks + 1), on which the printed minutes of the four fixed narrow networks on CIFAR-10 lie.',
];
