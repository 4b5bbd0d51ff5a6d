/** Numbers that were measured of a WRN's weights, averaged over its layers, with an interval over batches or seeds. */
import { absenceSentence } from '../../../harness/plan/not-run.js';
import { datasetFacts } from '../../../harness/plan/dataset-facts.js';
import { notYet } from '../../../harness/report/evaluate/absence.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { fixed, valueWithArm } from '../../../harness/report/evaluate/digits.js';
import { missing, quantity, type MetricFacts, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import type { AnalysisMeasurement } from '../../../harness/report/measured/measurements.js';
import { meanOverSeeds, type Interval } from '../../../harness/core/statistics.js';
import { groupBy } from '../../../harness/report/groups.js';
import { reductionText } from '../../../harness/report/words.js';

type Row = AnalysisMeasurement['rows'][number];

/** Which numbers: those of one quantity and variation, after so many steps, and at places of the network. */
export interface Wanted {
  readonly quantity: string;
  readonly variant: string;
  readonly step: number;
  /** All places where it is left out. */
  readonly at?: (place: string) => boolean;
}

export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
  readonly over: 'batches' | 'seeds';
  readonly n: number;
}

const indices = new WeakMap<AnalysisMeasurement, Map<string, Row[]>>();
const keyOf = ({ quantity: name, variant, step }: Pick<Wanted, 'quantity' | 'variant' | 'step'>): string =>
  [name, variant, step].join('|');

function rowsOf(analysis: AnalysisMeasurement, wanted: Wanted): readonly Row[] {
  const index = indices.get(analysis) ?? groupBy(analysis.rows, keyOf);
  indices.set(analysis, index);
  const rows = index.get(keyOf(wanted)) ?? [];
  const { at } = wanted;
  return at === undefined ? rows : rows.filter(({ place }) => at(place));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One number a batch: the mean over places. */
function byBatch(analysis: AnalysisMeasurement, wanted: Wanted): number[] {
  const known = rowsOf(analysis, wanted).filter((row): row is Row & { value: number } => row.value !== null);
  return [...groupBy(known, ({ sample }) => String(sample)).values()].map((rows) =>
    mean(rows.map(({ value }) => value)),
  );
}

/** Over seeds where there are several, else over the batches of the one; null where nothing was measured. */
export function estimate({ analyses }: EvaluatedEntry, wanted: Wanted): Estimate | null {
  const ofSeeds = analyses.map((analysis) => byBatch(analysis, wanted)).filter((values) => values.length > 0);
  const [first] = ofSeeds;
  if (first === undefined) return null;
  const values = ofSeeds.length > 1 ? ofSeeds.map(mean) : first;
  const { n, mean: value, interval } = meanOverSeeds(values);
  return { value, interval, n, over: ofSeeds.length > 1 ? 'seeds' : 'batches' };
}

/** Steps at which it was measured, ascending. */
export const stepsOf = ({ analyses }: EvaluatedEntry): number[] => [
  ...new Set(analyses.flatMap(({ rows }) => rows.map(({ step }) => step))),
];

/** Steps of the end of the training; undefined where nothing was measured. */
export const lastStep = (place: EvaluatedEntry): number | undefined => stepsOf(place).at(-1);

export const stepTitle = (step: number): string => (step === 0 ? 'untrained' : `${step} steps`);

/** Distinct places of a quantity, in the network's order. */
export const placesOf = ({ analyses }: EvaluatedEntry, name: string): string[] => [
  ...new Set((analyses[0]?.rows ?? []).filter((row) => row.quantity === name).map(({ place }) => place)),
];

/** Distinct variations of a quantity. */
export const variantsOf = ({ analyses }: EvaluatedEntry, name: string): string[] => [
  ...new Set((analyses[0]?.rows ?? []).filter((row) => row.quantity === name).map(({ variant }) => variant)),
];

export const measuredPlaces = (places: readonly EvaluatedEntry[]): EvaluatedEntry[] =>
  places.filter(({ analyses }) => analyses.length > 0);

/** A number for a table's cell. @param scale from what was measured to the metric's unit */
export function cellOf(place: EvaluatedEntry, metric: MetricFacts, wanted: Wanted, scale = 1): Quantity {
  const { analysis } = place.entry;
  if (analysis.skipped) return missing(metric, 'left-out', { notes: [absenceSentence(analysis)] });
  const found = estimate(place, wanted);
  if (found === null) return missing(metric, 'not-run-yet', { notes: [notYet] });
  const { value, interval, over, n } = found;
  return quantity({
    metric,
    provenance: 'measured',
    value: value * scale,
    interval: interval && { low: interval.low * scale, high: interval.high * scale },
    intervalOver: over,
    n,
    jobs: place.analyses.map(({ id }) => id),
    reductions: analysis.shrunk,
    standIn: analysis.standIn === null ? null : analysis.dataset,
  });
}

/** `32.1 ± 0.8`. */
export const inWords = (cell: Quantity): string => valueWithArm(cell) ?? '–';

/** Sentences under a table: what was trained, how well, and what its numbers are over. */
export function trainingRemarks(places: readonly EvaluatedEntry[]): string[] {
  const own = measuredPlaces(places);
  const [first] = own;
  if (first === undefined) return [];
  const sentences = own.flatMap(({ entry: { label, analysis, dataset }, analyses }) => {
    if (analysis.skipped) return [];
    const standIn =
      analysis.standIn === null || dataset === null
        ? ''
        : ` on ${datasetFacts[analysis.dataset].title}, which stands in for ${datasetFacts[dataset].title},`;
    const reduced = analysis.shrunk.length === 0 ? '' : ` (${analysis.shrunk.map(reductionText).join('; ')})`;
    return [
      `${label} was trained${standIn} to an error of ${analyses.map(({ errorPct }) => fixed(errorPct, 1)).join(', ')} %${reduced}.`,
    ];
  });
  const batches = new Set(first.analyses[0]?.rows.map(({ sample }) => sample)).size;
  const over =
    first.analyses.length > 1
      ? `n = ${first.analyses.length} seeds; ± is the arm of the 95 % interval over them`
      : `n = ${batches} batches of training images as they are, one seed; ± is the arm of the 95 % interval over batches`;
  return [...sentences, `Means over layers or units; ${over} (Student’s t). Every single number is in analyses.csv.`];
}
