/** The readings of F′: a row a reading, the networks side by side; and what they say of the printed rows. */
import { armOf, fixed, valueWithArm } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry, Evidence } from '../../../harness/report/evaluate/entries.js';
import { head, numbers, type Row } from '../../../harness/report/model.js';
import { overlap, type Interval } from '../../../harness/report/measured/statistics.js';
import type { Metric, Quantity } from '../../../harness/report/evaluate/quantity.js';
import { distance } from '../../../harness/report/evaluate/verdict.js';
import type { Arrangement } from './by-width.js';
import { groupBy, metricOf, shrinkNotes } from '../../../harness/report/arrange/parts.js';

const shownMetrics = ['error', 'loss', 'rs'] as const;
const short: Partial<Record<Metric, string>> = { error: 'error %', loss: 'loss', rs: 'RS' };

const networkOf = ({ entry }: EvaluatedEntry): string => entry.label;

/** Rows are protocols: there are many more of them than networks. */
export function arrangeReadings(places: readonly EvaluatedEntry[], protocols: readonly string[]): Arrangement {
  const columns = [...groupBy(places, networkOf)].flatMap(([network, members]) =>
    shownMetrics
      .filter((metric) => members.some((place) => wanted(place, metric)))
      .map((metric) => ({ network, metric })),
  );
  const rows = protocols.map((protocol): Row => {
    const own = places.filter(({ entry }) => entry.protocol === protocol);
    return {
      heads: [head(protocol, 'text', { notes: [...new Set(own.flatMap((place) => shrinkNotes([place])))] })],
      cells: columns.map(({ network, metric }) =>
        numbers(
          metricOf(
            own.find((place) => networkOf(place) === network),
            metric,
          ),
        ),
      ),
    };
  });
  return {
    heads: ['Reading'],
    columns: columns.map(({ network, metric }) => ({ group: network, label: short[metric] ?? metric, protocol: null })),
    blocks: [{ title: null, rows }],
    metrics: ['error', 'rs'],
  };
}

/** A quantity that the plan asks for, run or not. */
function wanted({ entry, error, rs }: EvaluatedEntry, metric: (typeof shownMetrics)[number]): boolean {
  if (metric === 'rs') return !entry.timing.skipped || (rs.value !== null && !rs.byDefinition);
  return !entry.error.skipped || error.value !== null;
}

/** Table 5's two-device cell, which the readings are held against. */
const twoDeviceRow = 't5.warpnet1-73-4.k2.g2';

const asInterval = ({ value, interval }: Quantity): Interval => interval ?? { low: value ?? NaN, high: value ?? NaN };

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join('; '));

/** How the timed readings compare with the printed RS. A wide interval agrees with almost anything, and so says nothing. */
function bySpeed(places: readonly EvaluatedEntry[], printed: number, { rules }: Evidence) {
  const limit = (kind: 'tolerance' | 'widest'): number => rules.metrics.rs[kind]['any'] ?? 0;
  const tellsOf = ({ rs }: EvaluatedEntry): 'like' | 'unlike' | 'unclear' => {
    if (distance(rs, printed) > limit('tolerance')) return 'unlike';
    return rs.interval !== null && armOf(rs.value ?? NaN, rs.interval) > limit('widest') ? 'unclear' : 'like';
  };
  const timed = places.filter(({ rs }) => rs.value !== null && !rs.byDefinition);
  const which = (wanted: ReturnType<typeof tellsOf>) => timed.filter((place) => tellsOf(place) === wanted);
  return { tolerance: limit('tolerance'), like: which('like'), unlike: which('unlike'), unclear: which('unclear') };
}

function speedSentence(places: readonly EvaluatedEntry[], evidence: Evidence): string[] {
  const printed = evidence.published.numbers.get(twoDeviceRow)?.rs;
  if (!printed) return [];
  const { tolerance, like, unlike, unclear } = bySpeed(places, printed.value, evidence);
  if (like.length + unlike.length + unclear.length === 0) return [];
  const named = ({ entry, rs }: EvaluatedEntry): string => `${entry.protocol} (${valueWithArm(rs) ?? ''})`;
  const open = unclear.length === 0 ? '' : ` Too uncertain to tell: ${list(unclear.map(named))}.`;
  return [
    `Table 5 prints ${printed.text} for WarpNet1-73-4 on two devices. Within ${tolerance} points of it: ${list(like.map(named))}. Not: ${list(unlike.map(named))}.${open}`,
  ];
}

/** Each trained WarpNet with the WRN of its size, under the same reading. */
const trainedPairs = (places: readonly EvaluatedEntry[]): { warp: EvaluatedEntry; wrn: EvaluatedEntry }[] =>
  places.flatMap((warp) => {
    const { printed, protocol, dataset } = warp.entry;
    if (printed?.family !== 'warpnet1' || warp.error.value === null) return [];
    const size = (place: EvaluatedEntry): string => place.entry.label.replace(/^[^-]*-/u, '');
    const wrn = places.find(
      (place) =>
        place.entry.printed?.family === 'wrn' &&
        place.entry.protocol === protocol &&
        place.entry.dataset === dataset &&
        size(place) === size(warp) &&
        place.error.value !== null,
    );
    return wrn ? [{ warp, wrn }] : [];
  });

const isBehind = ({ warp, wrn }: { warp: EvaluatedEntry; wrn: EvaluatedEntry }): boolean =>
  (warp.error.value ?? 0) > (wrn.error.value ?? 0) && !overlap(asInterval(warp.error), asInterval(wrn.error));

/** Readings whose WarpNet falls clearly behind its WRN early on: the printed errors do not. */
function errorSentence(places: readonly EvaluatedEntry[]): string[] {
  const pairs = trainedPairs(places);
  if (pairs.length === 0) return [];
  const behind = pairs.filter(isBehind);
  const named = behind.map(
    ({ warp, wrn }) =>
      `${warp.entry.label} under ${warp.entry.protocol} (+${fixed((warp.error.value ?? 0) - (wrn.error.value ?? 0), 1)} points)`,
  );
  return [
    `The paper’s WarpNet errors stay within 1.5 points of the WRN’s. Clearly behind the WRN after this short training: ${list(named)}. One short training on another data set is a hint, not proof: the intervals are over validation images and leave out how far two seeds differ.`,
  ];
}

/** The readings that agree with the paper in speed and learn as its networks do; the answer that the table is for. */
function conclusion(places: readonly EvaluatedEntry[], evidence: Evidence): string[] {
  const printed = evidence.published.numbers.get(twoDeviceRow)?.rs;
  const pairs = trainedPairs(places);
  if (!printed || pairs.length === 0) return [];
  const { like, unclear } = bySpeed(places, printed.value, evidence);
  const behind = new Set(pairs.filter(isBehind).map(({ warp }) => warp.entry.protocol));
  const trained = new Set(pairs.map(({ warp }) => warp.entry.protocol));
  const names = like
    .map(({ entry }) => entry.protocol)
    .filter((protocol) => trained.has(protocol) && !behind.has(protocol));
  if (names.length === 0)
    return [
      like.length + unclear.length === 0
        ? 'No reading has the printed speed-up on these devices.'
        : 'No reading is seen to have the printed speed-up and to learn beside its WRN.',
    ];
  const alone = names.length === 1 ? 'behaves' : 'behave, and this table cannot tell them apart';
  return [`Like the printed rows, in speed-up and in early error, ${alone}: ${list(names)}.`];
}

/** What the table says of the printed rows. */
export const readingSentences = (places: readonly EvaluatedEntry[], evidence: Evidence): string[] => [
  ...speedSentence(places, evidence),
  ...errorSentence(places),
  ...conclusion(places, evidence),
];
