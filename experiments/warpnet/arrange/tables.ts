/** How the paper's tables are set: rows, columns and blocks as printed. */
import type { Arrange } from '../../../harness/report/arrange/arrangement.js';
import { byAxis } from '../../../harness/report/arrange/by-axis.js';
import { byMetric } from '../../../harness/report/arrange/by-metric.js';
import { byNetwork } from '../../../harness/report/arrange/by-network.js';
import { bySeed } from '../../../harness/report/arrange/by-seed.js';
import { datasetHead } from '../../../harness/report/arrange/heads.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { largerKTable } from '../review/larger-k.js';
import { pipelineTable } from '../review/pipeline.js';
import { plainTable } from '../review/plain.js';
import { reuseTable } from '../review/reuse.js';
import { anglesTable } from '../review/angles.js';
import { descentTable } from '../review/descent.js';
import { pathsTable } from '../review/paths.js';
import { remainderTable } from '../review/remainder.js';
import { depthOf, isWrn } from './places.js';

/** `WarpNet1-37-kw`, as the rows of Tables 2 and 3 have it. */
const labelWithoutWidth = ({ entry: { printed, label } }: EvaluatedEntry): string =>
  printed === null ? label : `${printed.system}-${printed.facts['depth'] ?? ''}-kw`;

/** `CIFAR-10, n = 37, K = 2, Nwarp = 3` */
function blockTitle(places: readonly EvaluatedEntry[]): string {
  const [first] = places;
  if (first === undefined) return '';
  const axes = places.find((place) => !isWrn(place))?.entry.axes;
  const shape = axes ? `, K = ${axes['K'] ?? ''}, Nwarp = ${axes['Nwarp'] ?? ''}` : '';
  return `${datasetHead(places)}, n = ${depthOf(first)}${shape}`;
}

/** Error (RS) by width, a block a data set and depth. */
const errorsAndSpeeds = byAxis({
  axis: 'kw',
  metrics: ['error', 'rs'],
  what: 'error % (RS)',
  block: { key: (place) => `${place.entry.dataset} ${depthOf(place)}`, title: blockTitle },
  label: labelWithoutWidth,
});

/** Without a title to say it, the row names its K. */
const speedsByWidth = byAxis({
  axis: 'kw',
  metrics: ['rs'],
  what: 'RS',
  label: (place) => {
    const K = isWrn(place) ? undefined : place.entry.axes?.['K'];
    return K === undefined ? labelWithoutWidth(place) : `${labelWithoutWidth(place)}, K = ${K}`;
  },
});

export const arrangements: Readonly<Record<string, Arrange>> = {
  table2: errorsAndSpeeds,
  table3: errorsAndSpeeds,
  table4: byMetric(['parameters', 'top5', 'rs']),
  table5: byMetric(['error', 'rs']),
  figure2: byMetric(['top5']),
  width: speedsByWidth,
  readings: byNetwork('Reading', ['error', 'loss', 'rs'], ['error', 'rs']),
  seeds: bySeed,
  'review-pipeline': pipelineTable,
  'review-larger-k': largerKTable,
  'review-reuse': reuseTable,
  'review-plain': plainTable,
  'review-remainder': remainderTable,
  'review-paths': pathsTable,
  'review-descent': descentTable,
  'review-angles': anglesTable,
};

export const tableNames: Readonly<Record<string, string>> = {
  table2: 'Table 2',
  table3: 'Table 3',
  table4: 'Table 4',
  table5: 'Table 5',
  figure2: 'Figure 2',
  width: 'Width series',
  readings: 'Readings',
  seeds: 'Seeds',
  'review-pipeline': 'Review: pipelining',
  'review-larger-k': 'Review: larger K',
  'review-reuse': 'Review: re-use of gradients',
  'review-plain': 'Review: networks without skips',
  'review-remainder': 'Remainder',
  'review-paths': 'Paths',
  'review-descent': 'Descent',
  'review-angles': 'Angles',
};

/** kw is k with the index w. */
export const symbols = { kw: { letter: 'k', index: 'w' } } as const;
