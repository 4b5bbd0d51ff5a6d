/** The minute's reading: what was reproduced, how close, what not and why, and how to check. */
import { median } from 'simple-statistics';
import { metricOf } from './arrange/parts.js';
import type { ClaimVerdict } from './claims.js';
import { fixed } from './digits.js';
import type { TableModel } from './model.js';
import { outcomes } from './names.js';
import type { Metric, Quantity, VerdictOutcome } from './quantity.js';

export type Counts = Readonly<Record<VerdictOutcome, number>>;

export interface MetricSummary {
  readonly title: string;
  readonly counts: Counts;
  /** Printed numbers that there was something to judge against. */
  readonly printed: number;
  /** Median distance from the printed number among the judged, points; null where none was judged. */
  readonly medianGap: number | null;
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
  readonly quantity: Quantity;
}

/** Numbers that the paper prints and that are not 0 by definition. */
function judgedNumbers(models: readonly TableModel[]): Judged[] {
  return models.flatMap((model) =>
    model.places.flatMap((place) =>
      model.metrics.flatMap((metric) => {
        const quantity = metricOf(place, metric);
        if (quantity.printed === null || quantity.verdict === null) return [];
        return quantity.verdict.rule === 'by-definition' ? [] : [{ table: model.name, quantity }];
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

const judgedOf = ({ counts }: MetricSummary): number => counts.reproduced + counts['not reproduced'];

function sentenceFor(summary: MetricSummary): string {
  const { title, counts, printed, medianGap } = summary;
  const judged = judgedOf(summary);
  if (judged === 0)
    return `${title}: none of ${printed} could be judged (${counts['not run']} not run, ${counts['not comparable']} not comparable).`;
  const gap =
    medianGap === null ? '' : `, with a median distance of ${fixed(medianGap, 1)} points from the printed number`;
  return `${title}: ${counts.reproduced} of ${judged} judged numbers agree with the paper${gap}; ${printed - judged} of ${printed} were not judged.`;
}

export function summarise(models: readonly TableModel[], claims: readonly ClaimVerdict[]): Summary {
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
        title: titles[metric] ?? metric,
        counts: countsOf(own.flatMap(({ quantity }) => quantity.verdict?.outcome ?? [])),
        printed: own.length,
        medianGap: metric === 'parameters' || gaps.length === 0 ? null : median(gaps),
      },
    ];
  });
  const claimCounts = countsOf(claims.map(({ verdict }) => verdict.outcome));
  const outcomeOf = (wanted: VerdictOutcome) => (item: Judged) => item.quantity.verdict?.outcome === wanted;
  return {
    metrics,
    claims: claimCounts,
    missing: reasonsOf(judged.filter(outcomeOf('not run')), ({ notes }) => notes),
    notCompared: reasonsOf(judged.filter(outcomeOf('not comparable')), ({ verdict }) => [verdict?.reason ?? '']),
    sentences: [
      // What could be judged comes first.
      ...[...metrics].sort((a, b) => judgedOf(b) - judgedOf(a)).map(sentenceFor),
      `Claims in words: ${outcomes.map((outcome) => `${claimCounts[outcome]} ${outcome}`).join(', ')}.`,
    ],
  };
}
