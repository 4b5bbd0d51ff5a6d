/** A number with everything a reader needs to judge it. */
import type { DatasetName } from '../../plan/dataset-facts.js';
import type { Reduction } from '../../plan/matrix/shrink.js';
import type { Printed } from '../../plan/paper/printed.js';
import type { Interval } from '../../core/statistics.js';
import type { ReasonCode, Verdict } from '../verdict/vocabulary.js';

/** As printed rows, rules and CSVs have it: `error`, `rs`. */
export type MetricId = string;

/** What is true of every number of a metric. */
export interface MetricFacts {
  readonly id: MetricId;
  /** Head of a column, with the unit: `Error (%)`. */
  readonly title: string;
  /** Head of a narrow column: `error %`. */
  readonly short: string;
  /** In a sentence: `Top-1 errors`. */
  readonly plural: string;
  readonly unit: 'percent' | 'nats' | 'milliseconds' | 'count' | 'bytes' | 'seconds' | 'minutes' | 'degrees' | 'ratio';
  /** After the digits in a table's cell. */
  readonly sign: '' | '%';
  /** `equal`: neither more nor less than printed is better. */
  readonly better: 'lower' | 'higher' | 'equal';
  /** Decimals without an interval, and the most that are ever shown. */
  readonly decimals: { readonly usual: number; readonly most: number };
  /** What `n` counts, of one and of several. */
  readonly sample: readonly [one: string, several: string];
  /** Whether summaries count the verdicts on it. */
  readonly summarised: boolean;
}

/** `modelled`: what a model of the paper's hardware gives. `cited`: the paper's own figure, or one that it quotes. */
export type Provenance = 'measured' | 'projected' | 'modelled' | 'cited' | 'not-run';

/** What a number depends on as a step time does. */
export interface Hardware {
  readonly kind: 'cpu' | 'gpu';
  /** `AMD EPYC 7B13, one core a device`. */
  readonly model: string;
}

export interface Quantity {
  readonly metric: MetricFacts;
  readonly provenance: Provenance;
  /** In the metric's unit; null where there is none. */
  readonly value: number | null;
  readonly interval: Interval | null;
  /** What the interval is over: `seeds`, `validation images`, `rounds`, `projection`, `fitted parameters`, or what a paper's own metric counts. */
  readonly intervalOver: string | null;
  /** Seeds of an error, timed steps of an RS. */
  readonly n: number | null;
  /** Standard deviation over seeds. */
  readonly deviation: number | null;
  readonly printed: Printed | null;
  /** Ours minus printed; null where one is missing or the data set is another. */
  readonly difference: number | null;
  readonly verdict: Verdict | null;
  /** Footnotes, as sentences. */
  readonly notes: readonly string[];
  readonly best: boolean;
  /** True for the 0 % of a baseline. */
  readonly byDefinition: boolean;
  /** Ids of the jobs that it rests on. */
  readonly jobs: readonly string[];
  /** What is less than the paper's in the training behind it. */
  readonly reductions: readonly Reduction[];
  /** The data set that stands in for the paper's. */
  readonly standIn: DatasetName | null;
  /** Null for numbers that do not depend on it. */
  readonly hardware: Hardware | null;
  /** Why there is no value; null where there is one. */
  readonly absence: ReasonCode | null;
  /** Of a modelled number: the model was fitted to the printed one. */
  readonly fitted: boolean;
}

const nothing = {
  value: null,
  interval: null,
  intervalOver: null,
  n: null,
  deviation: null,
  printed: null,
  difference: null,
  verdict: null,
  notes: [],
  best: false,
  byDefinition: false,
  jobs: [],
  reductions: [],
  standIn: null,
  hardware: null,
  absence: null,
  fitted: false,
} as const;

/** A quantity with the fields given and nothing known of the rest. */
export function quantity(fields: Pick<Quantity, 'metric' | 'provenance'> & Partial<Quantity>): Quantity {
  return { ...nothing, ...fields };
}

/** A place without a number of ours, and why. */
export function missing(
  metric: MetricFacts,
  absence: ReasonCode,
  fields: Partial<Pick<Quantity, 'printed' | 'notes' | 'jobs'>> = {},
): Quantity {
  return quantity({ metric, provenance: 'not-run', absence, ...fields });
}

/** What the paper prints, as a quantity of its own. */
export function citedQuantity(metric: MetricFacts, printed: Printed | null, notes: readonly string[] = []): Quantity {
  return quantity({
    metric,
    provenance: 'cited',
    value: printed?.value ?? null,
    printed,
    notes: printed?.lowConfidence ? notes : [],
  });
}

/** A projection of what depends on hardware without an interval: nobody has checked projections on that machine. */
export const isUnchecked = ({ provenance, interval, hardware }: Quantity): boolean =>
  provenance === 'projected' && interval === null && hardware !== null;

/** The 95 % interval, or the value alone where it has none. */
export const intervalOf = ({ value, interval }: Pick<Quantity, 'value' | 'interval'>): Interval =>
  interval ?? { low: value ?? NaN, high: value ?? NaN };
