/** What the readings of F′ say of the printed rows. */
import { armOf, fixed, valueWithArm } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../harness/report/evaluate/evidence.js';
import { intervalOf } from '../../../harness/report/evaluate/quantity.js';
import { overlap } from '../../../harness/core/statistics.js';
import { distance } from '../../../harness/report/verdict/rules.js';
import { limitOf, toleranceOf } from '../../../harness/report/verdict/thresholds.js';
import { depthOf, isWrn, systemOf, widthOf } from './places.js';

/** Table 5's two-device cell, which the readings are held against. */
const twoDeviceRow = 't5.warpnet1-73-4.k2.g2';

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join('; '));

/** How the timed readings compare with the printed RS. A wide interval agrees with almost anything, and so says nothing. */
function bySpeed(places: readonly EvaluatedEntry[], printed: number, { rules }: Evidence) {
  const thresholds = rules.metrics['rs'];
  const tolerance = toleranceOf(thresholds, null, 'any');
  const widest = limitOf(thresholds?.widest ?? {}, 'any');
  const tellsOf = (place: EvaluatedEntry): 'like' | 'unlike' | 'unclear' => {
    const rs = place.quantity('rs');
    if (distance(rs, printed) > tolerance) return 'unlike';
    return rs.interval !== null && armOf(rs.value ?? NaN, rs.interval) > widest ? 'unclear' : 'like';
  };
  const timed = places.filter((place) => {
    const { value, byDefinition } = place.quantity('rs');
    return value !== null && !byDefinition;
  });
  const which = (wanted: ReturnType<typeof tellsOf>) => timed.filter((place) => tellsOf(place) === wanted);
  return { tolerance, like: which('like'), unlike: which('unlike'), unclear: which('unclear') };
}

function speedSentence(places: readonly EvaluatedEntry[], evidence: Evidence): string[] {
  const printed = evidence.printed.rows.get(twoDeviceRow)?.values['rs'];
  if (!printed) return [];
  const { tolerance, like, unlike, unclear } = bySpeed(places, printed.value, evidence);
  if (like.length + unlike.length + unclear.length === 0) return [];
  const named = ({ entry, quantity }: EvaluatedEntry): string =>
    `${entry.protocol} (${valueWithArm(quantity('rs')) ?? ''})`;
  const open = unclear.length === 0 ? '' : ` Too uncertain to tell: ${list(unclear.map(named))}.`;
  return [
    `Table 5 prints ${printed.text} for WarpNet1-73-4 on two devices. Within ${tolerance} points of it: ${list(like.map(named))}. Not: ${list(unlike.map(named))}.${open}`,
  ];
}

interface TrainedPair {
  readonly warp: EvaluatedEntry;
  readonly wrn: EvaluatedEntry;
}

const errorOf = ({ quantity }: EvaluatedEntry) => quantity('error');

/** Each trained WarpNet with the WRN of its size, under the same reading. */
const trainedPairs = (places: readonly EvaluatedEntry[]): TrainedPair[] =>
  places.flatMap((warp) => {
    const { protocol, dataset } = warp.entry;
    if (systemOf(warp) !== 'WarpNet1' || errorOf(warp).value === null) return [];
    const wrn = places.find(
      (place) =>
        isWrn(place) &&
        place.entry.protocol === protocol &&
        place.entry.dataset === dataset &&
        depthOf(place) === depthOf(warp) &&
        widthOf(place) === widthOf(warp) &&
        errorOf(place).value !== null,
    );
    return wrn ? [{ warp, wrn }] : [];
  });

const gapOf = ({ warp, wrn }: TrainedPair): number => (errorOf(warp).value ?? 0) - (errorOf(wrn).value ?? 0);

const isBehind = (pair: TrainedPair): boolean =>
  gapOf(pair) > 0 && !overlap(intervalOf(errorOf(pair.warp)), intervalOf(errorOf(pair.wrn)));

/** Readings whose WarpNet falls clearly behind its WRN early on: the printed errors do not. */
function errorSentence(places: readonly EvaluatedEntry[]): string[] {
  const pairs = trainedPairs(places);
  if (pairs.length === 0) return [];
  const behind = pairs.filter(isBehind);
  const named = behind.map(
    (pair) => `${pair.warp.entry.label} under ${pair.warp.entry.protocol} (+${fixed(gapOf(pair), 1)} points)`,
  );
  return [
    `The paper’s WarpNet errors stay within 1.5 points of the WRN’s. Clearly behind the WRN after this short training: ${list(named)}. One short training on another data set is a hint, not proof: the intervals are over validation images and leave out how far two seeds differ.`,
  ];
}

/** The readings that agree with the paper in speed and learn as its networks do; the answer that the table is for. */
function conclusion(places: readonly EvaluatedEntry[], evidence: Evidence): string[] {
  const printed = evidence.printed.rows.get(twoDeviceRow)?.values['rs'];
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
