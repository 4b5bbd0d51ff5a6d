/** Says in words what repeated trainings can and cannot tell apart. */
import { fixed, signed } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { studentQuantile } from '../../../harness/core/statistics.js';
import { groupBy } from '../../../harness/report/groups.js';
import { isWrn, widthOf } from './places.js';

interface Difference {
  readonly value: number;
  readonly arm: number;
}

/** Difference of two means with Welch's 95 % arm; null without spread on both sides. */
function welch(a: EvaluatedEntry, b: EvaluatedEntry): Difference | null {
  const [first, second] = [a.quantity('error'), b.quantity('error')];
  if (first.value === null || second.value === null) return null;
  if (first.deviation === null || second.deviation === null || first.n === null || second.n === null) return null;
  const va = first.deviation ** 2 / first.n;
  const vb = second.deviation ** 2 / second.n;
  if (va + vb === 0) return null;
  const degrees = (va + vb) ** 2 / (va ** 2 / (first.n - 1) + vb ** 2 / (second.n - 1));
  return {
    value: first.value - second.value,
    arm: studentQuantile(Math.max(1, Math.floor(degrees))) * Math.sqrt(va + vb),
  };
}

/** One sentence a WarpNet row against the WRN of the same protocol and data, and one on what follows. */
export function seedSentences(places: readonly EvaluatedEntry[]): string[] {
  const sentences: string[] = [];
  let told = 0;
  let compared = 0;
  const groups = groupBy(places, (place) => [place.entry.protocol, place.entry.dataset, widthOf(place)].join('|'));
  for (const members of groups.values()) {
    const baseline = members.find(isWrn);
    if (!baseline) continue;
    for (const place of members.filter((candidate) => candidate !== baseline)) {
      const difference = welch(place, baseline);
      if (!difference) continue;
      compared++;
      const apart = Math.abs(difference.value) > difference.arm;
      if (apart) told++;
      sentences.push(
        `${place.entry.label} against ${baseline.entry.label} (${place.entry.protocol}): ${signed(difference.value, 2)} ± ${fixed(difference.arm, 2)} points, ${apart ? 'told apart' : 'not told apart'} (Welch, 95 %).`,
      );
    }
  }
  if (compared === 0)
    return ['Two or more finished seeds of a WarpNet and of its WRN are needed before anything can be concluded.'];
  const verdict =
    told === 0
      ? 'No WarpNet can be told from its WRN with these seeds: a difference smaller than the ± above may exist and would not show.'
      : `${told} of ${compared} comparisons tell the networks apart; the others may hide differences up to their ±.`;
  const fewest = Math.min(...places.map(({ quantity }) => quantity('error').n ?? Infinity));
  const few = fewest < 3 ? ' With fewer than three seeds a spread is itself hardly known.' : '';
  return [...sentences, `${verdict}${few} Nothing here says how the paper’s full-length trainings compare.`];
}
