/** A layout for as many devices as there are: the paper's where it prints one (method.md 7), folded where devices lack. */
import type { BracketLayout, Term } from './layout-model.js';
import { mergesProducts, termsOf } from './operator-terms.js';
import type { NetworkOptions } from '../model/options.js';
import { isChain, unitsPerStage, type NetworkSpecification } from '../model/specification.js';

/**
 * The paper's layout on that many devices; it may use fewer, where the operator has no more parts.
 * A chain, such as a WRN, on several devices is cut along the batch (Table 5), as is what stays on one device.
 *
 * With K devices each unit's terms stay together (`[F1] [F2, F2'x1]`), so that no kernel is needed on two devices. With
 * more, the derivatives move to devices of their own. With fewer, units are packed onto the least loaded device.
 */
export function defaultLayout(
  network: NetworkSpecification,
  devices: number,
  derivativeTerms: NetworkOptions['derivativeTerms'] = 'once',
): BracketLayout {
  if (network.family === 'plain-warp') return whole(termsOf(network, derivativeTerms), devices);
  if (isChain(network)) {
    const units = unitsPerStage(network);
    const K = [2, 3].find((factor) => units % factor === 0) ?? 1;
    const bracket = Array.from({ length: K }, (_, index): Term => ({ kind: 'residual', unit: index + 1 }));
    return whole(bracket, devices);
  }

  const terms = termsOf(network, derivativeTerms);
  const residuals = terms.filter((term) => term.kind === 'residual');
  const work = mergesProducts(network) ? workMerged : workApart;
  const brackets =
    devices <= network.K
      ? pack(groupByUnit(terms), devices, work)
      : [
          ...residuals.map((term) => [term]),
          ...pack(groupByUnit(terms.filter((term) => term.kind === 'derivative')), devices - network.K, work),
        ];
  return { kind: 'operator', brackets, recompute: false };
}

/** All on one device, or on each of several. */
const whole = (bracket: readonly Term[], devices: number): BracketLayout =>
  devices > 1
    ? { kind: 'data-parallel', replicas: devices, bracket }
    : { kind: 'operator', brackets: [bracket], recompute: false };

function groupByUnit(terms: readonly Term[]): Term[][] {
  const units = [...new Set(terms.map((term) => term.unit))];
  return units.map((unit) => terms.filter((term) => term.unit === unit));
}

/** Convolutions of a forward pass (method.md 7.2): two for a branch or `Fj'x1`, one more for the mask of `Fj'Fi`. */
function workApart(terms: readonly Term[]): number {
  return 2 * terms.length + unitsOfProducts(terms).size;
}

/** The same where the products of a unit are one. */
function workMerged(terms: readonly Term[]): number {
  const alone = terms.filter((term) => term.kind === 'residual' || term.of === 'input');
  return 2 * alone.length + 3 * unitsOfProducts(terms).size;
}

const unitsOfProducts = (terms: readonly Term[]): Set<number> =>
  new Set(terms.flatMap((term) => (term.kind === 'derivative' && term.of !== 'input' ? [term.unit] : [])));

/** Heaviest group first onto the least loaded bracket; brackets in the order of their first unit. */
function pack(groups: readonly Term[][], devices: number, work: (terms: readonly Term[]) => number): Term[][] {
  const brackets: Term[][] = Array.from({ length: Math.min(devices, groups.length) }, () => []);
  for (const group of groups.toSorted((a, b) => work(b) - work(a))) {
    const lightest = brackets.reduce((best, bracket) => (work(bracket) < work(best) ? bracket : best));
    lightest.push(...group);
  }
  const firstUnit = (bracket: readonly Term[]) => Math.min(...bracket.map((term) => term.unit));
  const rank = (term: Term) => (term.kind === 'residual' ? 0 : 1);
  return brackets
    .map((bracket) => bracket.toSorted((a, b) => rank(a) - rank(b) || a.unit - b.unit))
    .sort((a, b) => firstUnit(a) - firstUnit(b));
}
