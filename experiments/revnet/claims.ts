/** What the paper says in words, decided on our numbers. */
import { axisValue } from '../../harness/report/arrange/axes.js';
import { found, notJudged, type Claim, type Finding } from '../../harness/report/claims/claim.js';
import { nothingToCompare, onErrors, pairsOf, type Pair } from '../../harness/report/claims/pairs.js';
import { fixed, valueWithArm } from '../../harness/report/evaluate/digits.js';
import type { EvaluatedEntry } from '../../harness/report/evaluate/entries.js';
import { intervalOf } from '../../harness/report/evaluate/quantity.js';
import { angleRunsOf } from './arrange/gradient-angle.js';
import { growthText } from './arrange/memory.js';
import { fivefold, fourfold, growthOf, passSeries, plainPass } from './arrange/passes.js';
import { alongUnits, timesPlain, timesResnet } from './arrange/update-time.js';
import { spreadOf } from '../../harness/report/measured/growth.js';
import { printed } from './printed.js';

/** Points of error. */
const closeEnough = 0.5;
const times = { low: 1.5, high: 2 };
/** Degrees. */
const smallAngle = 10;

const sameSize = (revnet: EvaluatedEntry): number => {
  const depth = Number(axisValue(revnet, 'depth'));
  return depth === 38 ? 32 : depth;
};

function asAccurate(places: readonly EvaluatedEntry[]): Finding {
  const own = places.filter(({ entry }) => entry.published?.startsWith('t3.') ?? false);
  const pairs = pairsOf(
    own,
    ({ entry }) => entry.printed?.system === 'RevNet',
    (revnet, resnet) =>
      resnet.entry.printed?.system === 'ResNet' &&
      resnet.entry.dataset === revnet.entry.dataset &&
      axisValue(resnet, 'depth') === sameSize(revnet),
  );
  return onErrors(pairs, 'error', (known) => {
    const gap = ([revnet, resnet]: Pair): number => (revnet.value ?? NaN) - (resnet.value ?? NaN);
    const clearlyAbove = ([revnet, resnet]: Pair): boolean =>
      intervalOf(revnet).low > intervalOf(resnet).high + closeEnough;
    const within = known.filter((pair) => gap(pair) <= closeEnough).length;
    const largest = Math.max(...known.map(gap));
    const evidence = `${within} of ${known.length} RevNets are at most ${closeEnough} points above their ResNet; the largest gap is ${fixed(largest, 1)} points.`;
    if (within === known.length) return found('reproduced', evidence);
    if (known.some(clearlyAbove)) return found('not reproduced', evidence);
    return notJudged('interval-too-wide', `${evidence} Their intervals meet.`);
  });
}

/** Fixed before anything was measured: flat is less than 2 % more from 3 to 18 units a stage. */
const [flatBelow, flatUpTo] = [0.02, 18];

function flatMemory(places: readonly EvaluatedEntry[]): Finding {
  const activations = (place: EvaluatedEntry) => place.quantity('activations');
  const series = passSeries(places).map((pass) => ({ ...pass, points: growthOf(pass, activations) }));
  const reversible = series.filter(({ technique, points }) => technique === 'reversible' && points.length > 1);
  if (reversible.length === 0) return nothingToCompare('depths with measured activations');
  const plain = series.find(({ name }) => name === plainPass);
  const texts = reversible.map(({ name, points }) => `${name}: ${growthText(points)}`);
  const beside =
    plain === undefined || plain.points.length < 2
      ? ''
      : ` The plain pass: ${growthText(plain.points)}, ${fixed(1 + spreadOf(plain.points), 1)} times as much at the deepest network as at the shallowest.`;
  const evidence = `Activations alive at a time over ${reversible[0]?.points.length ?? 0} depths. ${texts.join('; ')}.${beside}`;
  const within = reversible.map(({ name, points }) => ({ name, points: points.filter(({ x }) => x <= flatUpTo) }));
  if (within.some(({ points }) => points.length < 2)) return nothingToCompare(`depths up to ${flatUpTo} units a stage`);
  const isFlat = within.every(({ points }) => spreadOf(points) < flatBelow);
  return found(isFlat ? 'reproduced' : 'not reproduced', evidence);
}

function longerUpdate(places: readonly EvaluatedEntry[]): Finding {
  const all = passSeries(places);
  const along = (name: string, of: typeof timesResnet): string => {
    const own = all.find((pass) => pass.name === name)?.places.filter((place) => of(place).value !== null) ?? [];
    return own.length === 0 ? 'not timed' : alongUnits(own, (place) => valueWithArm(of(place)) ?? '');
  };
  const ofPlain = (place: EvaluatedEntry) => timesPlain(place, places);
  const timed = all
    .filter(({ name }) => name === fivefold)
    .flatMap((pass) => pass.places.map(ofPlain))
    .filter(({ value }) => value !== null);
  if (timed.length === 0) return nothingToCompare('step times of the 5N pass');
  const meets = timed.filter((ratio) => {
    const { low, high } = intervalOf(ratio);
    return low <= times.high && high >= times.low;
  }).length;
  const evidence =
    `5N, times the plain pass on the same RevNet, by units a stage: ${along(fivefold, ofPlain)}; ${meets} of ${timed.length} meet ${times.low} to ${times.high}. ` +
    `4N: ${along(fourfold, ofPlain)}. Against the ResNet of the same size, 5N: ${along(fivefold, timesResnet)}. Measured on ${timed[0]?.hardware?.model ?? 'this machine'}.`;
  return found(meets * 2 > timed.length ? 'reproduced' : 'not reproduced', evidence);
}

function smallAngles(places: readonly EvaluatedEntry[]): Finding {
  const runs = angleRunsOf(places);
  if (runs.length === 0) return notJudged('not-run-yet', 'No training that tells of its gradients.');
  const largest = (points: (typeof runs)[number]['points']) => Math.max(...points.map(({ degrees }) => degrees));
  const sentence = runs
    .map(({ title, points, steps }) => {
      const most = largest(points);
      return `${title}: ${most >= 0.1 ? fixed(most, 2) : most.toPrecision(2)} degrees at most, at ${points.length} looks over ${steps} steps`;
    })
    .join('; ');
  const fair = runs.filter(({ fullScale, name }) => fullScale && name === 'RevNet-164');
  if (fair.length === 0)
    return found('reduced scale', `A smaller network, a shorter training or another data set. ${sentence}.`);
  const isSmall = fair.every(({ points }) => largest(points) < smallAngle);
  return found(isSmall ? 'reproduced' : 'not reproduced', `${sentence}.`);
}

const decisions: Readonly<Record<string, Pick<Claim, 'test' | 'decide'>>> = {
  'as-accurate': {
    test: 'No RevNet of Table 3 has an error more than 0.5 points above that of its ResNet.',
    decide: asAccurate,
  },
  'flat-memory': {
    test: 'With both reversible passes the activations alive at a time differ by less than 2 % from 3 to 18 units a stage, while those of the plain pass grow about eightfold.',
    decide: flatMemory,
  },
  'twice-the-time': {
    test: 'A step of the 5N pass, which the authors’ code has, takes 1.5 to 2 times as long as the plain pass on the same RevNet, as far as its interval tells, at most depths.',
    decide: longerUpdate,
  },
  'small-angle': {
    test: 'At no look through the training of RevNet-164 on CIFAR-10 is the angle 10 degrees or more.',
    decide: smallAngles,
  },
};

export const claims = (): readonly Claim[] =>
  printed().claims.map(({ id, section, statement }) => {
    const decision = decisions[id];
    if (decision === undefined) throw new Error(`Internal error: nothing decides the claim ${id}`);
    return { id: `claim.${id}`, section, statement, perProtocol: false, ...decision };
  });
