/** What Section 2 says of the expansion, its paths and gradients, decided on what was measured of weights. The paper prints no numbers of it. */
import { fixed } from '../../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import { intervalOf, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import { found, notJudged, type Claim, type Finding } from '../../../harness/report/claims/claim.js';
import { anotherBatch, angleOf, change } from '../review/angles.js';
import { cosineOf, sizeOf, unitsOf } from '../review/descent.js';
import { inWords, lastStep, measuredPlaces, stepTitle, variantsOf } from '../review/measured.js';
import { decayOf, termCounts } from '../review/paths.js';
import { layerSizesOf, remainderOf } from '../review/remainder.js';
import { thresholds } from './thresholds.js';

const nothingMeasured = notJudged('not-run-yet', 'No weights were measured.');

interface Trained {
  readonly place: EvaluatedEntry;
  readonly step: number;
}

/** Equal networks of several tables once. */
function trainedOf(places: readonly EvaluatedEntry[]): Trained[] {
  const own = measuredPlaces(places).flatMap((place) => {
    const step = lastStep(place);
    return step === undefined ? [] : [{ place, step }];
  });
  return [...new Map(own.map((one) => [one.place.analyses.map(({ id }) => id).join(), one])).values()];
}

const isFullScale = ({ place: { entry } }: Trained): boolean =>
  !entry.analysis.skipped && entry.analysis.shrunk.length === 0 && entry.analysis.standIn === null;

/** Decides on networks trained as the paper trains; others show something and decide nothing. */
function onTrained(places: readonly EvaluatedEntry[], decide: (trained: readonly Trained[]) => Finding): Finding {
  const trained = trainedOf(places);
  if (trained.length === 0) return nothingMeasured;
  const fair = trained.filter(isFullScale);
  if (fair.length > 0) return decide(fair);
  const { outcome, evidence } = decide(trained);
  const way = { reproduced: 'For it', 'not reproduced': 'Against it' }[outcome as string] ?? 'Undecided';
  return found('reduced scale', `${way}, after shorter training or on another data set: ${evidence}`);
}

const sayOf = ({ place: { entry }, step }: Trained, what: string): string =>
  `${entry.label} after ${stepTitle(step)}: ${what}`;

/** All, none, or neither. */
function verdictOf(holds: readonly boolean[], fails: readonly boolean[], evidence: string): Finding {
  if (holds.every(Boolean)) return found('reproduced', evidence);
  return fails.some(Boolean) ? found('not reproduced', evidence) : notJudged('interval-too-wide', evidence);
}

const firstOrder: Claim['decide'] = (places) =>
  onTrained(places, (trained) => {
    const limit = 100 * thresholds().firstOrderEnough.value;
    const cells = trained.flatMap((one) =>
      layerSizesOf(one.place).map((K) => ({ one, K, cell: remainderOf(one.place, K, 'frozen', 'exact', one.step) })),
    );
    const evidence = cells.map(({ one, K, cell }) => sayOf(one, `${inWords(cell)} % at K = ${K}`)).join('; ');
    return verdictOf(
      cells.map(({ cell }) => intervalOf(cell).high <= limit),
      cells.map(({ cell }) => intervalOf(cell).low > limit),
      `${evidence}; at most ${limit} % would be enough.`,
    );
  });

/** Counting needs no training at the paper's scale. */
const binomialTerms: Claim['decide'] = (places) => {
  const trained = trainedOf(places);
  const counts = trained.flatMap(({ place }) => layerSizesOf(place).map((K) => termCounts(place, K)));
  if (counts.length === 0) return nothingMeasured;
  const right = counts.every((powers) => powers.every(({ counted, expected }) => counted === expected));
  const texts = new Set(
    counts.map((powers) => `K = ${powers.length}: ${powers.map(({ counted }) => counted).join(', ')}`),
  );
  return found(
    right ? 'reproduced' : 'not reproduced',
    `Terms of power 1, 2, … that were summed: ${[...texts].join('; ')}.`,
  );
};

const exponentialDecay: Claim['decide'] = (places) =>
  onTrained(places, (trained) => {
    const least = thresholds().exponential.value;
    const decays = trained.flatMap((one) => {
      const decay = decayOf(one.place, 'training', one.step);
      return decay === null ? [] : [{ one, decay }];
    });
    if (decays.length === 0) return nothingMeasured;
    const evidence = decays.map(({ one, decay: { factor, interval, explained } }) =>
      sayOf(
        one,
        `factor ${fixed(factor, 2)} a branch (${fixed(interval.low, 2)} to ${fixed(interval.high, 2)}), R² = ${fixed(explained, 2)}`,
      ),
    );
    return verdictOf(
      decays.map(({ decay }) => decay.interval.high < 1 && decay.explained >= least),
      decays.map(({ decay }) => decay.interval.low > 1 || decay.explained < least),
      `${evidence.join('; ')}.`,
    );
  });

const smallerLater: Claim['decide'] = (places) =>
  onTrained(places, (trained) => {
    const factor = thresholds().farSmaller.value;
    const sizes = trained.map((one) => {
      const [first = '', ...others] = unitsOf(one.place);
      return { one, first: sizeOf(one.place, one.step, first), rest: sizeOf(one.place, one.step, others) };
    });
    const evidence = sizes.map(({ one, first, rest }) =>
      sayOf(one, `${inWords(first)} in the first unit, ${inWords(rest)} in the others`),
    );
    return verdictOf(
      sizes.map(({ first, rest }) => intervalOf(first).low >= factor * intervalOf(rest).high),
      sizes.map(({ first, rest }) => intervalOf(first).high < factor * intervalOf(rest).low),
      `${evidence.join('; ')}.`,
    );
  });

const againstGradient: Claim['decide'] = (places) =>
  onTrained(places, (trained) => {
    const cosines = trained.flatMap(({ place, step }) =>
      unitsOf(place).map((unit) => intervalOf(cosineOf(place, step, unit))),
    );
    const below = cosines.filter(({ high }) => high < 0).length;
    const above = cosines.filter(({ low }) => low > 0).length;
    return verdictOf(
      [below === cosines.length],
      [above > 0],
      `The cosine is clearly negative in ${below} of ${cosines.length} units, clearly positive in ${above}.`,
    );
  });

const decoupling: Claim['decide'] = (places) =>
  onTrained(places, (trained) => {
    const angles = trained.flatMap(({ place, step }) =>
      variantsOf(place, 'angle')
        .filter((variant) => variant !== anotherBatch)
        .map((variant): { after: Quantity; before: Quantity } => ({
          after: angleOf(place, variant, step),
          before: angleOf(place, variant, 0),
        })),
    );
    const changes = angles.map(({ after, before }) => change(after, before));
    const count = (what: string): number => changes.filter((one) => one === what).length;
    return verdictOf(
      changes.map((one) => one === 'smaller'),
      changes.map((one) => one === 'larger'),
      `With training the angle becomes smaller in ${count('smaller')} and larger in ${count('larger')} of ${changes.length} comparisons of a WRN with a network of its weights.`,
    );
  });

/** Tables whose places these are about. */
const tables = ['review-remainder', 'review-paths', 'review-descent', 'review-angles'];
const shared = { perProtocol: true, tables } as const;

export const aboutExpansion: readonly Claim[] = [
  {
    ...{ id: 'claim.first-order-enough', section: '2', decide: firstOrder, ...shared },
    statement: 'In trained networks the expansion to first order is almost exact, but for batch normalisation.',
    get test() {
      return `With the exact F′ and batch norm held still, all terms of Theorem 1 leave at most ${100 * thresholds().firstOrderEnough.value} % of the step through a layer, in every trained WRN.`;
    },
  },
  {
    ...{ id: 'claim.binomial-terms', section: '2, Theorem 1', decide: binomialTerms, ...shared },
    statement: 'The expansion has binom(K, k) terms of power k.',
    test: 'Terms that were evaluated and summed, counted by power.',
  },
  {
    ...{ id: 'claim.path-gradients-fall', section: '2', decide: exponentialDecay, ...shared },
    statement: 'The gradient along a path falls exponentially with the length of the path.',
    get test() {
      return `The logarithm of the mean norm falls with the length, and a straight line explains at least ${100 * thresholds().exponential.value} % of its variance.`;
    },
  },
  {
    ...{ id: 'claim.branches-shrink', section: 'parallel submission', decide: smallerLater, ...shared },
    statement: 'Branches are large in the first units and far smaller in later ones (Jastrzebski et al.).',
    get test() {
      return `‖F‖/‖h‖ of the first unit is at least ${thresholds().farSmaller.value} times the mean of the others.`;
    },
  },
  {
    ...{ id: 'claim.branches-descend', section: 'parallel submission', decide: againstGradient, ...shared },
    statement: 'Every branch goes against the gradient of the loss (Jastrzebski et al.).',
    test: 'The mean cosine of F with the loss’s gradient at its input is clearly negative in every unit.',
  },
  {
    ...{ id: 'claim.gradients-decouple', section: '3.2', decide: decoupling, ...shared },
    statement: 'Near a minimum the gradients of the units decouple.',
    test: 'The angle between the gradients of a WRN and of every warped version with its weights is clearly smaller after training than before.',
  },
];
