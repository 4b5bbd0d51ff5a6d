/** The minute's reading: what was reproduced, how close, what not and why, and how to check. */
import { median } from 'simple-statistics';
import { groupBy, metricOf } from './arrange/parts.js';
import type { ClaimVerdict } from './claims/claims.js';
import { fixed } from './evaluate/digits.js';
import type { TableModel } from './model.js';
import { outcomes } from './evaluate/names.js';
import type { Metric, Quantity, VerdictOutcome } from './evaluate/quantity.js';

export type Counts = Readonly<Record<VerdictOutcome, number>>;

export interface MetricSummary {
  readonly metric: Metric;
  readonly title: string;
  readonly counts: Counts;
  /** Printed numbers that there was something to judge against. */
  readonly printed: number;
  /** Median distance from the printed number among the judged, points; null where none was judged. */
  readonly medianGap: number | null;
  readonly byProtocol: ReadonlyMap<string, Counts>;
}

export interface Reason {
  readonly text: string;
  readonly count: number;
  readonly tables: readonly string[];
}

export interface Summary {
  readonly metrics: readonly MetricSummary[];
  readonly claims: Counts;
  /** Why numbers are missing, most frequent first. */
  readonly missing: readonly Reason[];
  /** Why numbers that we have are not compared. */
  readonly notCompared: readonly Reason[];
  readonly sentences: readonly string[];
}

const titles: Partial<Record<Metric, string>> = {
  error: 'Top-1 errors',
  top5: 'Top-5 errors',
  rs: 'Relative speed-ups',
  parameters: 'Parameter counts',
};

const countsOf = (verdicts: readonly VerdictOutcome[]): Counts => {
  const counts: Record<VerdictOutcome, number> = {
    reproduced: 0,
    'not reproduced': 0,
    'not comparable': 0,
    'not run': 0,
  };
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
};

interface Judged {
  readonly table: string;
  readonly protocol: string;
  readonly quantity: Quantity;
}

/** Numbers that the paper prints and that are not 0 by definition. */
function judgedNumbers(models: readonly TableModel[]): Judged[] {
  return models.flatMap((model) =>
    model.places.flatMap((place) =>
      model.metrics.flatMap((metric) => {
        const quantity = metricOf(place, metric);
        if (quantity.printed === null || quantity.verdict === null) return [];
        if (quantity.verdict.rule === 'by-definition') return [];
        return [{ table: model.name, protocol: place.entry.protocol, quantity }];
      }),
    ),
  );
}

function reasonsOf(judged: readonly Judged[], reason: (quantity: Quantity) => readonly string[]): Reason[] {
  const found = new Map<string, { count: number; tables: Set<string> }>();
  for (const { table, quantity } of judged) {
    for (const text of reason(quantity)) {
      const known = found.get(text) ?? { count: 0, tables: new Set() };
      known.count++;
      found.set(text, { ...known, tables: known.tables.add(table) });
    }
  }
  return [...found]
    .map(([text, { count, tables }]) => ({ text, count, tables: [...tables] }))
    .sort((a, b) => b.count - a.count);
}

const judgedOf = (counts: Counts): number => counts.reproduced + counts['not reproduced'];

function sentenceFor({ title, counts, printed, medianGap, byProtocol }: MetricSummary): string {
  const judged = judgedOf(counts);
  if (judged === 0)
    return `${title}: none of ${printed} could be judged (${counts['not run']} not run, ${counts['not comparable']} not comparable).`;
  const gap =
    medianGap === null ? '' : `, with a median distance of ${fixed(medianGap, 1)} points from the printed number`;
  const parts = [...byProtocol].filter(([, own]) => judgedOf(own) > 0);
  const shares = parts.map(([name, own]) => `${own.reproduced} of ${judgedOf(own)} under ${name}`);
  // Parameter counts, for one, do not depend on the protocol.
  const differ = new Set(parts.map(([, own]) => own.reproduced / judgedOf(own))).size > 1;
  const apart = differ ? ` (${shares.join(', ')})` : '';
  return `${title}: ${counts.reproduced} of ${judged} judged numbers agree with the paper${apart}${gap}; ${printed - judged} of ${printed} were not judged.`;
}

const outcomeOf = ({ quantity }: Judged): VerdictOutcome[] => (quantity.verdict ? [quantity.verdict.outcome] : []);

/** What a reader must know to read a speed-up that differs. */
const otherHardware =
  'Speed-ups here are those of CPU cores, the paper’s those of GPUs: where they differ, it may be the hardware that they depend on, and not the paper that is wrong.';

/** @param onCores whether all was measured on CPU cores */
export function summarise(models: readonly TableModel[], claims: readonly ClaimVerdict[], onCores: boolean): Summary {
  const judged = judgedNumbers(models);
  const metrics = (['error', 'top5', 'rs', 'parameters'] as const).flatMap((metric): MetricSummary[] => {
    const own = judged.filter(({ quantity }) => quantity.metric === metric);
    if (own.length === 0) return [];
    const gaps = own.flatMap(({ quantity: { verdict, difference } }) =>
      difference !== null && (verdict?.outcome === 'reproduced' || verdict?.outcome === 'not reproduced')
        ? [Math.abs(difference)]
        : [],
    );
    return [
      {
        metric,
        title: titles[metric] ?? metric,
        counts: countsOf(own.flatMap(outcomeOf)),
        byProtocol: new Map(
          [...groupBy(own, ({ protocol }) => protocol)].map(([name, of]) => [name, countsOf(of.flatMap(outcomeOf))]),
        ),
        printed: own.length,
        medianGap: metric === 'parameters' || gaps.length === 0 ? null : median(gaps),
      },
    ];
  });
  const claimCounts = countsOf(claims.map(({ verdict }) => verdict.outcome));
  const are = (wanted: VerdictOutcome) => (item: Judged) => outcomeOf(item).includes(wanted);
  const speedUpsDiffer = metrics.some(({ metric, counts }) => metric === 'rs' && counts['not reproduced'] > 0);
  return {
    metrics,
    claims: claimCounts,
    missing: reasonsOf(judged.filter(are('not run')), ({ notes }) => notes),
    notCompared: reasonsOf(judged.filter(are('not comparable')), ({ verdict }) => [verdict?.reason ?? '']),
    sentences: [
      // What could be judged comes first.
      ...[...metrics].sort((a, b) => judgedOf(b.counts) - judgedOf(a.counts)).map(sentenceFor),
      ...(onCores && speedUpsDiffer ? [otherHardware] : []),
      `Claims in words: ${outcomes.map((outcome) => `${claimCounts[outcome]} ${outcome}`).join(', ')}.`,
    ],
  };
}
