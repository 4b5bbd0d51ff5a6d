/** Claims about errors, alone or with the speed-up beside them. */
import { valueWithArm } from '../../../harness/report/evaluate/digits.js';
import { intervalOf, isUnchecked } from '../../../harness/report/evaluate/quantity.js';
import { found, notJudged, type Claim, type Finding } from '../../../harness/report/claims/claim.js';
import {
  always,
  both,
  mostly,
  nothingToCompare,
  onErrors,
  onSpeeds,
  pairsOf,
  unchecked,
  type Pair,
} from '../../../harness/report/claims/pairs.js';
import {
  atRow,
  depthOf,
  inTables,
  isSameTask,
  isWarpNet,
  isWrn,
  systemOf,
  unitsOf,
  widthOf,
} from '../arrange/places.js';
import { thresholds } from './thresholds.js';

/** A claim without the words that the paper has for it. */
export type Test = Pick<Claim, 'id' | 'test' | 'perProtocol' | 'decide'>;

const tables23 = ['table2', 'table3'];

export const warpErrorClose: Test = {
  id: 'claim.warp-error-close',
  get test() {
    return `In more than half of the pairs of Tables 2 and 3 the WarpNet’s error is at most ${thresholds().aboutEqual.points} points above its WRN’s, and no RS is clearly negative.`;
  },
  perProtocol: true,
  decide: (places, evidence) => {
    const pairs = pairsOf(
      inTables(places, evidence, tables23),
      isWarpNet,
      (warp, wrn) => isWrn(wrn) && isSameTask(warp, wrn),
    );
    const { aboutEqual } = thresholds();
    const errors = onErrors(
      pairs.map(([warp, wrn]) => [wrn, warp] as const),
      'error',
      (known) => mostly(known, aboutEqual.points, 'WarpNet’s error is about equal or lower'),
    );
    const speeds = pairs.map(([warp, wrn]): Pair => [warp.quantity('rs'), wrn.quantity('rs')]);
    if (!speeds.some(([rs]) => rs.value !== null && !isUnchecked(rs))) return errors;
    return both(errors, onSpeeds(speeds, evidence, noneNegative));
  },
};

function noneNegative(pairs: readonly Pair[]): Finding {
  const known = pairs.map(([rs]) => rs).filter((rs) => rs.value !== null && !isUnchecked(rs));
  const slower = known.filter((rs) => intervalOf(rs).high < 0).length;
  const evidence = `RS is clearly negative in ${slower} of ${known.length}.`;
  return found(slower === 0 ? 'reproduced' : 'not reproduced', evidence);
}

export const warpnet1BeatsWarpnet2: Test = {
  id: 'claim.warpnet1-beats-warpnet2',
  test: 'WarpNet1 has the lower error in more than half of the pairs of Tables 2 and 3, and always the higher RS.',
  perProtocol: true,
  decide: (places, evidence) => {
    const pairs = pairsOf(
      inTables(places, evidence, tables23),
      (place) => systemOf(place) === 'WarpNet1',
      (one, two) => systemOf(two) === 'WarpNet2' && isSameTask(one, two) && unitsOf(one) === unitsOf(two),
    );
    const errors = onErrors(
      pairs.map(([one, two]) => [two, one] as const),
      'error',
      (known) => mostly(known, 0, 'WarpNet1 has the lower error'),
    );
    const speeds = pairs.map(([one, two]): Pair => [one.quantity('rs'), two.quantity('rs')]);
    return both(
      errors,
      onSpeeds(speeds, evidence, (known) => always(known, 'RS of WarpNet1 above WarpNet2')),
    );
  },
};

export const deeperAndFaster: Test = {
  id: 'claim.deeper-and-faster',
  test: 'WarpNet1-109-2 has a clearly positive RS against WRN-73-2 and a lower top-5 error.',
  perProtocol: true,
  decide: (places, evidence) => {
    const deep = atRow(places, 't4.warpnet1-109-2.k3');
    const wrn = atRow(places, 't4.wrn-73-2');
    const rs = deep?.quantity('rs');
    if (!deep || !wrn || !rs || rs.value === null) return nothingToCompare('RS of WarpNet1-109-2');
    if (isUnchecked(rs)) return unchecked('RS of WarpNet1-109-2');
    const { low, high } = intervalOf(rs);
    const text = `RS is ${valueWithArm(rs) ?? ''}.`;
    const speed = onSpeeds([[rs, wrn.quantity('rs')]], evidence, () =>
      low > 0
        ? found('reproduced', text)
        : high < 0
          ? found('not reproduced', text)
          : notJudged('interval-too-wide', text),
    );
    const errors = onErrors([[wrn, deep]], 'top5', (known) => mostly(known, 0, 'Lower top-5 error'));
    return both(errors, speed);
  },
};

export const curvesOverlap: Test = {
  id: 'claim.curves-overlap',
  get test() {
    return `The top-5 error curves of WRN-73-2 and WarpNet1-73-2 (K = 2) differ by less than ${thresholds().nearlyCoincide.points} points on average over the epochs.`;
  },
  perProtocol: true,
  decide: (places) => {
    const trained = places.filter((place) => depthOf(place) === 73 && widthOf(place) === 2 && place.runs.length > 0);
    const wrn = trained.find(isWrn);
    const warp = trained.find((place) => systemOf(place) === 'WarpNet1' && unitsOf(place) === 2);
    const [a, b] = [wrn?.runs[0]?.evaluations ?? [], warp?.runs[0]?.evaluations ?? []];
    const gaps = a.flatMap((one) => {
      const other = b.find(({ step }) => step === one.step);
      return other ? [Math.abs(one.top5ErrorPct - other.top5ErrorPct)] : [];
    });
    if (!wrn || !warp || gaps.length === 0) return nothingToCompare('pair of curves');
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const evidence = `Mean distance ${mean.toFixed(2)} points over ${gaps.length} evaluations.`;
    const isReduced = [wrn, warp].some((place) => {
      const { reductions, standIn } = place.quantity('top5');
      return reductions.length > 0 || standIn !== null;
    });
    if (isReduced) return found('reduced scale', `Not the published training: ${evidence}`);
    return found(mean < thresholds().nearlyCoincide.points ? 'reproduced' : 'not reproduced', evidence);
  },
};

export const beatsDataParallelAccuracy: Test = {
  id: 'claim.beats-data-parallel-accuracy',
  test: 'WarpNet1 has a lower error than data parallelism on 2 and on 4 devices (Table 5).',
  perProtocol: true,
  decide: (places) => {
    const pairs = [
      ['t5.wrn-73-4.g2', 't5.warpnet1-73-4.k2.g2'],
      ['t5.wrn-73-4.g4', 't5.warpnet1-73-4.k3.g4'],
    ].flatMap(([data, model]) => {
      const [a, b] = [atRow(places, data ?? ''), atRow(places, model ?? '')];
      return a && b ? [[a, b] as const] : [];
    });
    return onErrors(pairs, 'error', (known) => always(known, 'Error of data parallelism above WarpNet1’s'));
  },
};
