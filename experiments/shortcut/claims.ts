/** What reviews say of the paper's Table 1, decided on our success rates: its printed numbers could not be had. */
import { axisValue, valuesOf } from '../../harness/report/arrange/axes.js';
import { found, notJudged, type Claim, type Finding } from '../../harness/report/claims/claim.js';
import { always, both, nothingToCompare, type Pair } from '../../harness/report/claims/pairs.js';
import { fixed, grouped } from '../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../harness/report/evaluate/evidence.js';
import { groupBy } from '../../harness/report/groups.js';
import { trialsOf } from '../../harness/report/metrics/success.js';

/** With the exact gradient and the teacher at 60 degrees. */
const isUsual = (place: EvaluatedEntry): boolean =>
  axisValue(place, 'stepInputs') === 'all' && axisValue(place, 'teacherAngle') === 60;

/** Usual places of an arm that have a number; equal ones of several tables and protocols once. */
function placesOf(places: readonly EvaluatedEntry[], arm: string): EvaluatedEntry[] {
  const own = places.filter(
    (place) => place.entry.problem === arm && isUsual(place) && place.quantity('success').value !== null,
  );
  return [...new Map(own.map((place) => [JSON.stringify(place.entry.axes), place])).values()];
}

/** Trials of places, and how many of them succeeded. */
function countsOf(places: readonly EvaluatedEntry[], evidence: Evidence): { trials: number; successes: number } {
  const runs = places.flatMap(({ entry }) => trialsOf(entry, evidence));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    trials: sum(runs.flatMap(({ counts }) => Object.values(counts))),
    successes: sum(runs.map(({ counts, success }) => counts[success] ?? 0)),
  };
}

/** Both endings in a cell prove that its rate is neither 0 nor 1; only one of them leaves it open. */
function strictlyBetween(places: readonly EvaluatedEntry[], evidence: Evidence): Finding {
  const jobs = placesOf(places, 'constant-rates');
  if (jobs.length === 0) return nothingToCompare('cells with constant rates');
  const proved = jobs.filter((place) => {
    const { trials, successes } = countsOf([place], evidence);
    return successes > 0 && successes < trials;
  });
  const sentence = `Shortcut, constant rates: successes and failures both occur in ${proved.length} of ${jobs.length} cells; in the others every trial succeeded or none did.`;
  return found(proved.length * 2 > jobs.length ? 'reproduced' : 'not reproduced', sentence);
}

const value = (place: EvaluatedEntry): number => place.quantity('success').value ?? NaN;

/** Neighbours in p at one k and r. */
function risesWithInputs(places: readonly EvaluatedEntry[]): Finding {
  const plain = placesOf(places, 'plain');
  const alike = (axis: string) => (place: EvaluatedEntry) =>
    JSON.stringify(Object.entries(place.entry.axes ?? {}).filter(([name]) => name !== axis));
  const byInputs = [...groupBy(plain, alike('patchInputs')).values()].map((group) =>
    group.toSorted((a, b) => Number(axisValue(a, 'patchInputs')) - Number(axisValue(b, 'patchInputs'))),
  );
  const pairs = byInputs.flatMap((group) =>
    group.slice(1).map((place, index): Pair => {
      const before = group[index] ?? place;
      return [place.quantity('success'), before.quantity('success')];
    }),
  );
  const finding = always(pairs, 'Plain arm, success at a larger p above that at the next smaller one (same k and r)');
  const ofK = valuesOf(plain, 'patches').flatMap((k) => {
    const at = plain.find(
      (place) =>
        axisValue(place, 'patches') === k &&
        axisValue(place, 'sumRatio') === 4 &&
        axisValue(place, 'patchInputs') === 8,
    );
    return at === undefined ? [] : [`${fixed(value(at), 1)} % (k = ${k})`];
  });
  const beside = ofK.length < 2 ? '' : ` By k instead, at p = 8 and r = 4: ${ofK.join(', ')}.`;
  return {
    ...finding,
    evidence: `${finding.evidence} With the shortcut the first angle is fixed and exact descent does not depend on p, so this half is judged on the plain arm.${beside}`,
  };
}

function alwaysSucceeds(places: readonly EvaluatedEntry[], evidence: Evidence): Finding {
  const jobs = placesOf(places, 'warm-up');
  if (jobs.length === 0) return notJudged('not-run-yet', 'No trials with warm-up.');
  const { trials, successes } = countsOf(jobs, evidence);
  const sentence = `${grouped(successes)} of ${grouped(trials)} trials in ${jobs.length} cells with warm-up found the teacher.`;
  return found(successes === trials ? 'reproduced' : 'not reproduced', sentence);
}

export const claims = (): readonly Claim[] => [
  {
    id: 'claim.without-warm-up',
    section: 'reviews of Table 1',
    statement:
      'Without step-size warm-up the success rate lies strictly between 0 and 1, and it rises with the input dimension.',
    test: 'Both endings occur in most cells with the shortcut and constant rates; and plain descent succeeds more often at each larger p (the input dimension as read here), the intervals of no two neighbours contradicting.',
    perProtocol: false,
    decide: (places, evidence) => both(strictlyBetween(places, evidence), risesWithInputs(places)),
  },
  {
    id: 'claim.with-warm-up',
    section: 'reviews of Table 1',
    statement: 'With step-size warm-up the success rate is 1.',
    test: 'Every trial with the shortcut and warm-up finds the teacher.',
    perProtocol: false,
    decide: alwaysSucceeds,
  },
];
