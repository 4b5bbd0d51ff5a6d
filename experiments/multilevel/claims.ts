/** What the paper says in words, decided on our numbers. */
import { found, notJudged, type Claim, type Finding } from '../../harness/report/claims/claim.js';
import { both, mostly, nothingToCompare, onErrors, type Places } from '../../harness/report/claims/pairs.js';
import { fixed } from '../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../harness/report/evaluate/evidence.js';
import { axisValue } from '../../harness/report/arrange/axes.js';

/** Points by which a grown network's error may lie above that of the fixed one and count as similar; the printed ones differ by -1.0 to 0.7. */
const similar = 0.5;
/** Percent: the printed savings are 39 to 42. */
const about40 = { low: 35, high: 45 };

/** The paper's own rows; tables that draw the same trainings have none of them. */
const isGrown = (place: EvaluatedEntry): boolean =>
  place.entry.published !== null && axisValue(place, 'firstBlocks') !== axisValue(place, 'blocks');

/** Rows of several tables once. */
const once = (places: readonly EvaluatedEntry[]): EvaluatedEntry[] => [
  ...new Map(places.map((place) => [place.entry.published, place])).values(),
];

const isFixedOf = (grown: EvaluatedEntry, place: EvaluatedEntry): boolean =>
  place.entry.dataset === grown.entry.dataset &&
  axisValue(place, 'firstBlocks') === axisValue(place, 'blocks') &&
  ['width', 'blocks'].every((axis) => axisValue(place, axis) === axisValue(grown, axis));

/** The fixed network first. */
const fixedAndGrown = (places: readonly EvaluatedEntry[]): Places[] =>
  once(places.filter(isGrown)).flatMap((grown) => {
    const other = places.find((place) => isFixedOf(grown, place));
    return other === undefined ? [] : [[other, grown] as const];
  });

function savesTime(places: readonly EvaluatedEntry[], { printedOn }: Evidence): Finding {
  const known = once(places.filter(isGrown))
    .map(({ quantity }) => quantity('time-saved'))
    .filter(({ value }) => value !== null);
  if (known.length === 0) return nothingToCompare('training times');
  const values = known.map(({ value }) => value ?? Number.NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sentence = `Growing saves ${fixed(mean, 1)} % of the time on average, ${fixed(Math.min(...values), 1)} to ${fixed(Math.max(...values), 1)} % in ${known.length} rows.`;
  if (known.some(({ reductions, standIn }) => reductions.length > 0 || standIn !== null))
    return found('reduced scale', `Smaller networks, shorter training or another data set: ${sentence}`);
  if (known.some(({ hardware }) => hardware !== null && hardware.kind !== printedOn))
    return notJudged('other-hardware', `On other hardware than the paper’s: ${sentence}`);
  return found(mean >= about40.low && mean <= about40.high ? 'reproduced' : 'not reproduced', sentence);
}

/** What one interpolation did to the error, in points: growing by itself, and up to the next evaluation after it. */
function jumpsOf({ runs }: EvaluatedEntry): { readonly byGrowing: number; readonly later: number | null }[] {
  return runs.flatMap(({ evaluations }) => {
    const phases = [...new Set(evaluations.map(({ phase = 1 }) => phase))];
    return phases.slice(1).flatMap((phase) => {
      const before = evaluations.findLast((evaluation) => (evaluation.phase ?? 1) === phase - 1);
      const [grown, next] = evaluations.filter((evaluation) => evaluation.phase === phase);
      if (before === undefined || grown === undefined) return [];
      return [
        {
          byGrowing: grown.errorPct - before.errorPct,
          later: next === undefined ? null : next.errorPct - before.errorPct,
        },
      ];
    });
  });
}

function jumpsUp(places: readonly EvaluatedEntry[]): Finding {
  const grown = once(places.filter(isGrown));
  const jumps = grown.flatMap(jumpsOf);
  if (jumps.length === 0) return nothingToCompare('interpolations');
  const up = jumps.filter(({ byGrowing, later }) => Math.max(byGrowing, later ?? byGrowing) > 0).length;
  const mean = (values: readonly number[]): string =>
    fixed(values.reduce((sum, value) => sum + value, 0) / values.length, 1);
  const later = jumps.flatMap((jump) => jump.later ?? []);
  const sentence = `The error is higher after ${up} of ${jumps.length} interpolations: by ${mean(jumps.map(({ byGrowing }) => byGrowing))} points on average by growing itself${later.length === 0 ? '' : `, by ${mean(later)} at the next evaluation, at the high learning rate`}.`;
  const reduced = grown.some((place) => {
    const { reductions, standIn } = place.quantity('error');
    return reductions.length > 0 || standIn !== null;
  });
  if (reduced) return found('reduced scale', `Smaller networks, shorter training or another data set: ${sentence}`);
  return found(up === jumps.length ? 'reproduced' : 'not reproduced', sentence);
}

export const claims = (): readonly Claim[] => [
  {
    id: 'claim.saves-time',
    section: 'abstract, results',
    statement: 'Growing a network in two interpolations saves about 40 % of the training time.',
    test: `The mean of the savings against the fixed network of the same depth is ${about40.low} to ${about40.high} %.`,
    perProtocol: true,
    decide: savesTime,
  },
  {
    id: 'claim.as-accurate',
    section: 'results',
    statement: 'A grown network is about as accurate as the one of the same depth that is trained from the start.',
    test: `In more than half of the pairs the grown network’s error is at most ${similar} points above the fixed one’s.`,
    perProtocol: true,
    decide: (places) =>
      onErrors(fixedAndGrown(places), 'error', (known) =>
        mostly(known, similar, 'The grown network’s error is about equal or lower'),
      ),
  },
  {
    id: 'claim.jumps-and-falls',
    section: 'figure of test errors',
    statement:
      'Right after an interpolation the error jumps up; then it falls, in the end below that of the fixed network.',
    test: 'The error is higher after every interpolation, right behind it or at the next evaluation; and in more than half of the pairs the grown network’s last error is the lower one.',
    perProtocol: true,
    decide: (places) =>
      both(
        jumpsUp(places),
        onErrors(fixedAndGrown(places), 'error', (known) =>
          mostly(known, 0, 'The grown network’s last error is lower'),
        ),
      ),
  },
];
