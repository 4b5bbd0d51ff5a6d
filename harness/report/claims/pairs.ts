/** Decides claims that say which of two numbers is the larger, pair by pair. Two numbers are told apart where their 95 % intervals do not meet. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Evidence } from '../evaluate/evidence.js';
import { intervalOf, isUnchecked, type MetricId, type Quantity } from '../evaluate/quantity.js';
import type { RowId } from '../../plan/paper/printed.js';
import type { VerdictOutcome } from '../verdict/vocabulary.js';
import { found, notJudged, type Claim, type Finding } from './claim.js';

/** The claim says that the first is the larger. */
export type Pair = readonly [higher: Quantity, lower: Quantity];
export type Places = readonly [EvaluatedEntry, EvaluatedEntry];

const isPresent = (pair: Pair): boolean => pair.every(({ value }) => value !== null);
const isKnown = (pair: Pair): boolean => pair.every((quantity) => quantity.value !== null && !isUnchecked(quantity));
const pointsAsClaimed = ([a, b]: Pair): boolean => (a.value ?? NaN) > (b.value ?? NaN);
const contradicts = ([a, b]: Pair): boolean => intervalOf(a).high < intervalOf(b).low;

export const nothingToCompare = (what: string): Finding => notJudged('not-run-yet', `No ${what} to compare.`);

/** Where there are numbers, but none to rest a verdict on. */
export const unchecked = (what: string): Finding =>
  notJudged('projections-unchecked', `${what}: projected, and projections were never checked on this machine.`);

/** No pair may clearly contradict, and every pair must point the claimed way. */
export function always(pairs: readonly Pair[], what: string): Finding {
  const known = pairs.filter(isKnown);
  if (known.length === 0)
    return pairs.some((pair) => pair.some(isUnchecked)) ? unchecked(what) : nothingToCompare(`pairs of ${what}`);
  const right = known.filter(pointsAsClaimed).length;
  const against = known.filter(contradicts).length;
  const projected = known.filter((pair) => pair.some(({ provenance }) => provenance === 'projected')).length;
  const how = projected === 0 ? '' : `, ${projected} of them projected`;
  const evidence = `${what}: ${right} of ${known.length} pairs point the claimed way, ${against} clearly contradict${how}.`;
  if (right === known.length) return found('reproduced', evidence);
  if (against > 0 || right * 2 < known.length) return found('not reproduced', evidence);
  return notJudged('interval-too-wide', `${evidence} The rest cannot be told apart.`);
}

/** Decides that one printed row gains more time than another, by the first table that has both. */
export const gainsMore =
  (more: RowId, less: RowId): Claim['decide'] =>
  (places, evidence) => {
    const rs = (row: RowId): Quantity | undefined =>
      places.find(({ entry }) => entry.published === row)?.quantity('rs');
    const [first, second] = [rs(more), rs(less)];
    const pairs: Pair[] = first && second ? [[first, second]] : [];
    return onSpeeds(pairs, evidence, (known) => always(known, `RS of ${more} above that of ${less}`));
  };

/** More than half of the pairs must point the claimed way. @param slack by which the first may be smaller */
export function mostly(pairs: readonly Pair[], slack: number, what: string): Finding {
  const right = pairs.filter(([a, b]) => (a.value ?? NaN) + slack >= (b.value ?? NaN)).length;
  const evidence = `${what} in ${right} of ${pairs.length} pairs.`;
  return found(right * 2 > pairs.length ? 'reproduced' : 'not reproduced', evidence);
}

/** Every `first` with the first `second` that belongs to it. */
export function pairsOf(
  places: readonly EvaluatedEntry[],
  first: (place: EvaluatedEntry) => boolean,
  matches: (first: EvaluatedEntry, second: EvaluatedEntry) => boolean,
): Places[] {
  return places.filter(first).flatMap((a) => {
    const b = places.find((candidate) => candidate !== a && matches(a, candidate));
    return b ? [[a, b] as const] : [];
  });
}

const isFullScale = ({ reductions, standIn }: Quantity): boolean => reductions.length === 0 && standIn === null;

/** Decides on errors of the paper's own networks, data and training; others show something and decide nothing. */
export function onErrors(
  pairs: readonly Places[],
  metric: MetricId,
  decide: (known: readonly Pair[]) => Finding,
): Finding {
  const known = pairs.map(([a, b]): Pair => [a.quantity(metric), b.quantity(metric)]).filter(isPresent);
  if (known.length === 0) return nothingToCompare('trained pairs');
  const fair = known.filter((pair) => pair.every(isFullScale));
  if (fair.length > 0) return decide(fair);
  return found('reduced scale', `Smaller networks, shorter training or another data set: ${decide(known).evidence}`);
}

/** Decides on speed-ups measured on the paper's kind of hardware; others show something and decide nothing. */
export function onSpeeds(
  pairs: readonly Pair[],
  { printedOn }: Pick<Evidence, 'printedOn'>,
  decide: (pairs: readonly Pair[]) => Finding,
): Finding {
  const isElsewhere = ({ hardware }: Quantity): boolean =>
    hardware !== null && printedOn !== null && hardware.kind !== printedOn;
  const fair = pairs.filter((pair) => !pair.some(isElsewhere));
  if (fair.some(isPresent) || !pairs.some(isPresent)) return decide(fair);
  return notJudged('other-hardware', `On other hardware than the paper’s: ${decide(pairs).evidence}`);
}

/** Weaker first. */
const weakness: readonly VerdictOutcome[] = [
  'not judged',
  'reduced scale',
  'not reproduced',
  'reproduced on modelled hardware',
  'reproduced',
];

/** Both halves of a claim: as weak as its weaker half. */
export function both(first: Finding, second: Finding): Finding {
  const weaker = weakness.indexOf(first.outcome) <= weakness.indexOf(second.outcome) ? first : second;
  return { ...weaker, evidence: `${first.evidence} ${second.evidence}` };
}
