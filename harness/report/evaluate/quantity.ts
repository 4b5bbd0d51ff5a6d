/** A number with everything a reader needs to judge it. */
import type { Interval } from '../measured/statistics.js';

export type Metric = 'error' | 'top5' | 'rs' | 'parameters' | 'loss' | 'step-time';

/** `cited`: the paper's own figure, or one that it quotes. */
export type Provenance = 'measured' | 'projected' | 'cited' | 'not-run';

export type VerdictOutcome = 'reproduced' | 'not reproduced' | 'not comparable' | 'not run';

export interface Verdict {
  readonly outcome: VerdictOutcome;
  /** Id of the rule in experiments/rules that decided. */
  readonly rule: string;
  /** One sentence. */
  readonly reason: string;
}

export interface Printed {
  readonly value: number;
  /** With the printed digits: `4.80`, `33%`. */
  readonly text: string;
  /** Damaged in the source text: shown, never judged. */
  readonly lowConfidence: boolean;
}

export interface Quantity {
  readonly metric: Metric;
  readonly provenance: Provenance;
  /** Percent for errors and RS, nats for losses, milliseconds for step times; null where there is none. */
  readonly value: number | null;
  readonly interval: Interval | null;
  /** What the interval is over. */
  readonly intervalOver: 'seeds' | 'validation images' | 'rounds' | 'projection' | null;
  /** Seeds of an error, timed steps of an RS. */
  readonly n: number | null;
  /** Standard deviation over seeds. */
  readonly deviation: number | null;
  readonly printed: Printed | null;
  /** Ours minus printed, in points; null where one is missing or the data set is another. */
  readonly difference: number | null;
  readonly verdict: Verdict | null;
  /** Footnotes, as sentences. */
  readonly notes: readonly string[];
  readonly best: boolean;
  /** True for the 0 % of a baseline. */
  readonly byDefinition: boolean;
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
} as const;

/** A quantity with the fields given and nothing known of the rest. */
export function quantity(fields: Pick<Quantity, 'metric' | 'provenance'> & Partial<Quantity>): Quantity {
  return { ...nothing, ...fields };
}

/** What the paper prints, as a quantity of its own. */
export function citedQuantity(metric: Metric, printed: Printed | null, notes: readonly string[] = []): Quantity {
  return quantity({
    metric,
    provenance: 'cited',
    value: printed?.value ?? null,
    printed,
    notes: printed?.lowConfidence ? notes : [],
  });
}

/** A projection without an interval: nobody has checked projections on that machine. */
export const isUnchecked = ({ metric, provenance, interval }: Quantity): boolean =>
  metric === 'rs' && provenance === 'projected' && interval === null;

export const isError = (metric: Metric): boolean => metric === 'error' || metric === 'top5';
