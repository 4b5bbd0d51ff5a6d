/** What the arrangements of all tables share: grouping, heads, columns, cells and the sentences underneath. */
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import type { PlannedEntry } from '../../plan/plan.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { head, numbers, type Cell, type Column, type HeadCell } from '../model.js';
import { datasetTitle, metricTitles } from '../evaluate/names.js';
import { citedQuantity, quantity, type Metric, type Quantity } from '../evaluate/quantity.js';
import type { Published } from '../evaluate/published.js';

/** Groups in order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** kw of the printed network; NaN for a cited network that is not of this family. */
export const widthOf = ({ entry }: EvaluatedEntry): number => entry.printed?.kw ?? NaN;

export const protocolsOf = (places: readonly EvaluatedEntry[], planned: readonly string[]): string[] => [
  ...new Set([...planned, ...places.map(({ entry }) => entry.protocol)]),
];

export const oursLabel = (protocol: string): string => `ours (${protocol})`;

/** Names the network that was trained where it is not the printed one, by width where that differs. */
export function trainedAs(places: readonly EvaluatedEntry[]): string | null {
  const byLabel = new Map<string, Set<number>>();
  for (const { entry } of places) {
    if (entry.error.skipped) continue;
    const trained = labelOf(entry.error.network);
    if (!entry.printed || trained === labelOf(entry.printed)) continue;
    byLabel.set(trained, (byLabel.get(trained) ?? new Set()).add(entry.printed.kw));
  }
  const names = [...byLabel.keys()];
  if (names.length === 0) return null;
  if (names.length === 1) return `errors: ${names[0] ?? ''}`;
  return `errors: ${[...byLabel].map(([name, widths]) => `${name} (kw ${[...widths].join(', ')})`).join(', ')}`;
}

const shrinkSentence = (what: string, shrunk: readonly string[]): string =>
  `${what} ${shrunk.join('; ').replaceAll('->', '→')}.`;

/** What the profile shrank in a row, as one footnote; widths are named where they differ. */
export function shrinkNotes(places: readonly EvaluatedEntry[]): string[] {
  const describe = ({ entry }: EvaluatedEntry): string[] => {
    const errors =
      !entry.error.skipped && entry.error.shrunk.length > 0 ? [shrinkSentence('Errors:', entry.error.shrunk)] : [];
    const times =
      !entry.timing.skipped && entry.timing.shrunk.length > 0
        ? [shrinkSentence('Step times:', entry.timing.shrunk)]
        : [];
    return [...errors, ...times];
  };
  const sentences = groupBy(
    places.flatMap((place) => describe(place).map((sentence) => ({ sentence, kw: widthOf(place) }))),
    ({ sentence }) => sentence,
  );
  const widths = new Set(places.map(widthOf));
  return [...sentences].map(([sentence, uses]) => {
    const own = new Set(uses.map(({ kw }) => kw));
    return own.size === widths.size ? sentence : `kw ${[...own].join(', ')}: ${sentence}`;
  });
}

export function networkHead(label: string, places: readonly EvaluatedEntry[]): HeadCell {
  return head(label, 'network', { detail: trainedAs(places), notes: shrinkNotes(places) });
}

const absent = (metric: Metric): Quantity =>
  quantity({ metric, provenance: 'not-run', notes: ['Not part of this experiment.'] });

export const metricOf = (place: EvaluatedEntry | undefined, metric: Metric): Quantity => {
  if (!place) return absent(metric);
  return metric === 'step-time' ? place.stepTime : place[metric];
};

/** The printed number of a place, as a column of the paper's. */
export function printedOf(entry: PlannedEntry | undefined, metric: Metric, published: Published): Quantity {
  const printed = entry?.published ? published.numbers.get(entry.published) : undefined;
  const value = metric === 'loss' || metric === 'step-time' ? null : (printed?.[metric] ?? null);
  return citedQuantity(metric, value, [`Hard to read in the text available: ${printed?.note ?? 'see the row'}`]);
}

/** Columns `printed | ours (protocol) …` for each metric. */
export function metricColumns(metrics: readonly Metric[], protocols: readonly string[]): Column[] {
  return metrics.flatMap((metric) => [
    { group: metricTitles[metric], label: 'printed', protocol: null },
    ...protocols.map((protocol) => ({ group: metricTitles[metric], label: oursLabel(protocol), protocol })),
  ]);
}

/** The cells under `metricColumns` for the places of one row, one place a protocol. */
export function metricCells(
  places: readonly EvaluatedEntry[],
  metrics: readonly Metric[],
  protocols: readonly string[],
  published: Published,
): Cell[] {
  return metrics.flatMap((metric) => [
    numbers(printedOf(places[0]?.entry, metric, published)),
    ...protocols.map((protocol) =>
      numbers(
        metricOf(
          places.find(({ entry }) => entry.protocol === protocol),
          metric,
        ),
      ),
    ),
  ]);
}

/** `Errors of the CIFAR-10 rows were measured on Fashion-MNIST, which stands in for it.` */
export function standInSentences(places: readonly EvaluatedEntry[]): string[] {
  const pairs = new Set(
    places.flatMap(({ entry }) =>
      !entry.error.skipped && entry.error.standIn !== null
        ? [
            `Errors in the ${datasetTitle(entry.dataset)} rows are on ${datasetTitle(entry.error.standIn)}, which stands in for it.`,
          ]
        : [],
    ),
  );
  return [...pairs];
}

/** `8`, `3 to 5`. */
export const range = (values: readonly number[]): string => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? String(low) : `${low} to ${high}`;
};

/** n, units, intervals and hardware of what stands above. */
export function commonRemarks(places: readonly EvaluatedEntry[]): string[] {
  const remarks: string[] = [];
  const errors = places.filter(({ error }) => error.value !== null);
  const timings = places.filter(({ rs }) => rs.provenance === 'measured' && !rs.byDefinition);
  if (errors.length > 0) {
    const seeds = errors.map(({ error }) => error.n ?? 0);
    const images = [...new Set(errors.flatMap(({ runs }) => runs.map((run) => run.validationImages)))];
    const wilson = errors.some(({ error }) => error.intervalOver === 'validation images');
    const student = errors.some(({ error }) => error.intervalOver === 'seeds');
    const how = [
      ...(student ? ['over seeds (Student’s t)'] : []),
      ...(wilson ? ['over validation images where there is one seed (Wilson; another seed may differ by more)'] : []),
    ];
    remarks.push(
      `Errors: percent of ${images.map((count) => count.toLocaleString('en-US')).join(' or ')} validation images after the last step; n = ${range(seeds)} ${Math.max(...seeds) === 1 ? 'seed' : 'seeds'}; ± is the longer arm of the 95 % interval ${how.join(' or ')}.`,
    );
  }
  if (timings.length > 0) {
    const steps = timings.map(({ rs }) => rs.n ?? 0);
    const hardware = [...new Set(timings.flatMap(({ timing }) => (timing ? [timing.hardware] : [])))];
    remarks.push(
      `RS: percent of the baseline’s step time saved, the median ratio of the rounds of n = ${range(steps)} timed steps each, in turns, on ${hardware.join(' and ')}; ± is the longer arm of the 95 % bootstrap interval over rounds.`,
    );
  }
  if (places.some(({ rs }) => rs.provenance === 'projected')) {
    remarks.push('† and italics: projected, not measured; see the footnote.');
  }
  return remarks;
}
