/** The minute's reading: what was reproduced, how close, what was not judged and why. */
import { median } from 'simple-statistics';
import type { ClaimVerdict } from './claims/claims.js';
import { fixed } from './evaluate/digits.js';
import type { EvaluatedEntry } from './evaluate/entries.js';
import type { MetricFacts, MetricId, Quantity } from './evaluate/quantity.js';
import { groupBy } from './groups.js';
import { agreementSentence, type ModelAgreement } from './hardware-model/agreement.js';
import type { TableModel } from './model.js';
import { leadingQuantity } from './verdict/leading.js';
import {
  agreeingOf,
  countsOf,
  isJudged,
  judgedOf,
  outcomes,
  reasonCodes,
  reasonSentences,
  reasonTitle,
  type Counts,
  type ReasonCode,
  type Verdict,
} from './verdict/vocabulary.js';

export interface MetricSummary {
  readonly metric: MetricFacts;
  readonly counts: Counts;
  /** Printed numbers that there was something to judge against. */
  readonly printed: number;
  /** Median distance from the printed number among the judged, points; null where none was judged. */
  readonly medianGap: number | null;
  readonly byProtocol: ReadonlyMap<string, Counts>;
  readonly reasons: ReadonlyMap<ReasonCode, number>;
}

/** Why numbers were not judged: a code with its count, and what was said at the places. */
export interface Reason {
  readonly code: ReasonCode;
  readonly title: string;
  readonly sentence: string;
  readonly count: number;
  readonly tables: readonly string[];
  /** Footnotes of the places, most frequent first. */
  readonly details: readonly Detail[];
}

export interface Detail {
  readonly text: string;
  readonly count: number;
  readonly tables: readonly string[];
}

export interface Summary {
  readonly metrics: readonly MetricSummary[];
  readonly claims: Counts;
  readonly notJudged: readonly Reason[];
  /** What was less than the paper's in numbers of reduced scale. */
  readonly reduced: readonly Detail[];
  readonly sentences: readonly string[];
}

interface Place {
  /** Id of the printed row. */
  readonly row: string | null;
  readonly table: string;
  readonly protocol: string;
  readonly quantity: Quantity;
  readonly verdict: Verdict;
}

/** Numbers that the paper prints and that are not 0 by definition. @param ofOurs what they are judged by */
const printedPlaces = (
  models: readonly TableModel[],
  ofOurs: (place: EvaluatedEntry, metric: MetricId) => Quantity,
): Place[] =>
  models.flatMap((model) =>
    model.places.flatMap((place) =>
      model.metrics.flatMap((id): Place[] => {
        const quantity = ofOurs(place, id);
        const { printed, verdict, metric } = quantity;
        if (!metric.summarised || printed === null || verdict === null || verdict.code === 'by-definition') return [];
        return [{ row: place.entry.published, table: model.name, protocol: place.entry.protocol, quantity, verdict }];
      }),
    ),
  );

/** `Top-1 errors`, places by metric. */
const summariesOf = (places: readonly Place[]): MetricSummary[] =>
  [...groupBy(places, ({ quantity }) => quantity.metric.id).values()].flatMap((own) => {
    const [first] = own;
    return first ? [summaryOf(first.quantity.metric, own)] : [];
  });

/** Equal texts with their counts, most frequent first. */
function detailsOf(places: readonly Place[], textsOf: (place: Place) => readonly string[]): Detail[] {
  const uses = groupBy(
    places.flatMap((place) => textsOf(place).map((text) => ({ text, table: place.table }))),
    ({ text }) => text,
  );
  return [...uses]
    .map(([text, own]) => ({ text, count: own.length, tables: [...new Set(own.map(({ table }) => table))] }))
    .sort((a, b) => b.count - a.count);
}

function reasonsOf(places: readonly Place[]): Reason[] {
  const reasons = reasonCodes.flatMap((code): Reason[] => {
    const own = places.filter(({ verdict }) => verdict.code === code);
    if (own.length === 0) return [];
    const details = detailsOf(own, ({ quantity }) => (quantity.value === null ? quantity.notes : []));
    const tables = [...new Set(own.map(({ table }) => table))];
    return [{ code, title: reasonTitle(code), sentence: reasonSentences[code], count: own.length, tables, details }];
  });
  return reasons.sort((a, b) => b.count - a.count);
}

function summaryOf(metric: MetricFacts, places: readonly Place[]): MetricSummary {
  const gaps = places.flatMap(({ quantity: { difference }, verdict }) =>
    difference !== null && isJudged(verdict.outcome) ? [Math.abs(difference)] : [],
  );
  const countsIn = (own: readonly Place[]): Counts => countsOf(own.map(({ verdict }) => verdict.outcome));
  const codes = groupBy(
    places.flatMap(({ verdict }) => verdict.code ?? []),
    (code) => code,
  );
  return {
    metric,
    counts: countsIn(places),
    printed: places.length,
    medianGap: metric.unit === 'count' || gaps.length === 0 ? null : median(gaps),
    byProtocol: new Map([...groupBy(places, ({ protocol }) => protocol)].map(([name, own]) => [name, countsIn(own)])),
    reasons: new Map([...codes.values()].flatMap((own) => own.slice(0, 1).map((code) => [code, own.length] as const))),
  };
}

/** `reduced scale: 12; time: 118`: what the numbers that were not judged are. */
function unjudged({ counts, reasons }: MetricSummary): string {
  const parts = [...reasons].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${reasonTitle(code)}: ${count}`);
  const reduced = counts['reduced scale'];
  return [...(reduced === 0 ? [] : [`reduced scale: ${reduced}`]), ...parts].join('; ');
}

/** What of a metric could be judged on this machine; null where nothing could. */
function judgedHere({ metric, counts, medianGap, byProtocol }: MetricSummary): string | null {
  const judged = judgedOf(counts);
  if (judged === 0) return null;
  const gap = medianGap === null ? '' : `, at a median distance of ${fixed(medianGap, 1)} points`;
  const parts = [...byProtocol].filter(([, own]) => judgedOf(own) > 0);
  const shares = parts.map(([name, own]) => `${agreeingOf(own)} of ${judgedOf(own)} under ${name}`);
  // Parameter counts, for one, do not depend on the protocol.
  const differ = new Set(parts.map(([, own]) => agreeingOf(own) / judgedOf(own))).size > 1;
  const apart = differ ? ` (${shares.join(', ')})` : '';
  return `${metric.plural}: ${agreeingOf(counts)} of ${judged} judged numbers agree with the paper${apart}${gap}`;
}

/** `Top-1 errors, 92 (reduced scale: 46; time: 46)`; null where all was judged. */
function openHere(summary: MetricSummary): string | null {
  const { metric, counts, printed } = summary;
  const open = printed - judgedOf(counts);
  return open === 0 ? null : `${metric.plural}, ${open} of ${printed} (${unjudged(summary)})`;
}

/** `54 top-1 errors`: different printed numbers, however many protocols and tables show them. */
const askedOf = (metric: MetricFacts, places: readonly Place[]): string => {
  const rows = new Set(places.filter(({ quantity }) => quantity.metric.id === metric.id).map(({ row }) => row));
  return `${rows.size} ${metric.plural.charAt(0).toLowerCase()}${metric.plural.slice(1)}`;
};

const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;

/** At most five lines: what was asked, what was found. */
function sentencesOf(
  places: readonly Place[],
  here: readonly MetricSummary[],
  claims: Counts,
  agreement: ModelAgreement | null,
): string[] {
  const counted = outcomes.filter((outcome) => claims[outcome] > 0);
  const claimCount = counted.reduce((sum, outcome) => sum + claims[outcome], 0);
  const asked = [
    ...here.map(({ metric }) => askedOf(metric, places)),
    ...(claimCount === 0 ? [] : [`${claimCount} claims in words`]),
  ];
  const tables = [...new Set(places.map(({ table }) => table))];
  const judged = here.flatMap((summary) => judgedHere(summary) ?? []);
  const open = here.flatMap((summary) => openHere(summary) ?? []);
  return [
    ...(asked.length === 0
      ? []
      : [
          `Asked: do ${list(asked)}${tables.length === 0 ? '' : ` of ${list(tables)}`} come out again?${here.length === 0 ? '' : ' Below, a number counts once under each protocol.'}`,
        ]),
    ...(agreement === null ? [] : [agreementSentence(agreement)]),
    ...(judged.length === 0 ? [] : [`Measured here: ${judged.join('; ')}.`]),
    ...(open.length === 0 ? [] : [`Not judged by what was measured here: ${open.join('; ')}.`]),
    ...(counted.length === 0
      ? []
      : [`Claims in words: ${counted.map((outcome) => `${claims[outcome]} ${outcome}`).join(', ')}.`]),
  ];
}

/** @param agreement of the printed numbers with a model of the paper's hardware */
export function summarise(
  models: readonly TableModel[],
  claims: readonly ClaimVerdict[],
  agreement: ModelAgreement | null = null,
): Summary {
  const places = printedPlaces(models, leadingQuantity);
  const here = summariesOf(printedPlaces(models, ({ quantity }, id) => quantity(id)));
  const claimCounts = countsOf(claims.map(({ verdict }) => verdict.outcome));
  return {
    metrics: summariesOf(places),
    claims: claimCounts,
    notJudged: reasonsOf(places),
    reduced: detailsOf(
      places.filter(({ verdict }) => verdict.outcome === 'reduced scale'),
      ({ verdict }) => [verdict.reason],
    ),
    sentences: sentencesOf(places, here, claimCounts, agreement),
  };
}
