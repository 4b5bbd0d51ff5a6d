/** Finds the layout with the shortest projected step for a number of devices. */
import type { Layout as PlacedLayout } from '../../../harness/plan/paper/layout.js';
import type { Network } from '../../../harness/plan/paper/network.js';
import type { LayoutSearch } from '../../../harness/project/whatif.js';
import { networkSchema, type NetworkSpecification } from '../model/specification.js';
import { networkOptions } from '../options.js';
import { defaultLayout, formatLayout, termsOf, type Layout, type Term } from './layout.js';

type WarpNetwork = Extract<NetworkSpecification, { family: 'warpnet1' | 'warpnet2' }>;
type OperatorLayout = Extract<Layout, { kind: 'operator' }>;
type DerivativeTerms = Parameters<typeof termsOf>[1];

export interface FoundOperatorLayout {
  readonly layout: OperatorLayout;
  /** What `timeOf` gave for it. */
  readonly time: number;
  /** How it was found, for people. */
  readonly method: string;
  readonly tried: number;
}

/** How a WarpNet is divided; null for a network that is not. */
export function layoutSearchOf({ specification }: Network): LayoutSearch | null {
  const read = networkSchema.parse(specification);
  if (read.family !== 'warpnet1' && read.family !== 'warpnet2') return null;
  return {
    finest: (network, protocol) => {
      const brackets = termsOf(read, networkOptions(protocol).derivativeTerms).map((term) => [term]);
      return network.layout(formatLayout(layoutOf(brackets)), protocol);
    },
    search: (network, devices, protocol, timeOf) => {
      const placed = (layout: OperatorLayout): PlacedLayout => network.layout(formatLayout(layout), protocol);
      const { derivativeTerms } = networkOptions(protocol);
      const found = searchLayout(read, devices, derivativeTerms, (layout) => timeOf(placed(layout)));
      return { ...found, layout: placed(found.layout) };
    },
  };
}

/** Above this many layouts not all of them are tried. */
const exhaustiveLimit = 700;

/**
 * All ways to distribute the operator's terms over at most `devices` devices where there are few; else hill climbing by
 * moving one term or swapping two, from the terms spread by longest processing time first and from the paper's pattern.
 * The first bracket is the device that also computes everything outside the warp layers.
 */
export function searchLayout(
  network: WarpNetwork,
  devices: number,
  derivativeTerms: DerivativeTerms,
  timeOf: (layout: OperatorLayout) => number,
): FoundOperatorLayout {
  const terms = termsOf(network, derivativeTerms);
  const times = new Map<string, number>();
  const evaluate = (layout: OperatorLayout): number => {
    const key = formatLayout(layout);
    const known = times.get(key);
    if (known !== undefined) return known;
    const time = timeOf(layout);
    times.set(key, time);
    return time;
  };
  const exhaustive = countLayouts(terms.length, devices) <= exhaustiveLimit;
  const candidates = exhaustive
    ? allLayouts(terms, devices)
    : [longestFirst(terms, devices), patternOf(network, devices, derivativeTerms)].map((start) =>
        climb(start, devices, evaluate),
      );
  const best = candidates.reduce((shortest, layout) => (evaluate(layout) < evaluate(shortest) ? layout : shortest));
  return {
    layout: best,
    time: evaluate(best),
    method: exhaustive
      ? 'every distribution of the terms was tried'
      : 'hill climbing by moves and swaps of terms, from longest-processing-time-first and from the paper’s pattern',
    tried: times.size,
  };
}

const layoutOf = (brackets: readonly (readonly Term[])[]): OperatorLayout => ({
  kind: 'operator',
  brackets: brackets.filter((bracket) => bracket.length > 0),
  recompute: false,
});

/** Number of partitions of n terms into at most `devices` blocks, times the choices of the first block. */
export function countLayouts(terms: number, devices: number): number {
  // Stirling numbers of the second kind, row by row.
  let row = [1];
  for (let n = 1; n <= terms; n++)
    row = Array.from({ length: n + 1 }, (_, k) => (k === 0 ? 0 : (row[k - 1] ?? 0) + k * (row[k] ?? 0)));
  return row.reduce((sum, count, blocks) => (blocks <= devices ? sum + count * blocks : sum), 0);
}

function allLayouts(terms: readonly Term[], devices: number): OperatorLayout[] {
  let partitions: Term[][][] = [[]];
  for (const term of terms)
    partitions = partitions.flatMap((blocks) => [
      ...blocks.map((_, index) => blocks.map((block, at) => (at === index ? [...block, term] : block))),
      ...(blocks.length < devices ? [[...blocks, [term]]] : []),
    ]);
  return partitions.flatMap((blocks) =>
    blocks.map((home, index) => layoutOf([home, ...blocks.filter((_, at) => at !== index)])),
  );
}

/** Forward convolutions of a term, as in method.md 7.2: a derivative of another term's output needs a third for its mask. */
const workOf = (term: Term): number => (term.kind === 'derivative' && term.of !== 'input' ? 3 : 2);

function longestFirst(terms: readonly Term[], devices: number): OperatorLayout {
  const brackets: Term[][] = Array.from({ length: Math.min(devices, terms.length) }, () => []);
  const load = (bracket: readonly Term[]): number => bracket.reduce((sum, term) => sum + workOf(term), 0);
  for (const term of [...terms].sort((a, b) => workOf(b) - workOf(a)))
    brackets.reduce((lightest, bracket) => (load(bracket) < load(lightest) ? bracket : lightest)).push(term);
  return layoutOf(brackets);
}

function patternOf(network: WarpNetwork, devices: number, derivativeTerms: DerivativeTerms): OperatorLayout {
  const layout = defaultLayout(network, devices, derivativeTerms);
  if (layout.kind !== 'operator') throw new Error('Internal error: a WarpNet has operator layouts');
  return layout;
}

function climb(start: OperatorLayout, devices: number, evaluate: (layout: OperatorLayout) => number): OperatorLayout {
  let best = start;
  for (;;) {
    const better = neighbours(best, devices).find((layout) => evaluate(layout) < evaluate(best) * (1 - 1e-9));
    if (better === undefined) return best;
    best = better;
  }
}

/** One term elsewhere, two terms exchanged, or another device as the first. */
function neighbours({ brackets }: OperatorLayout, devices: number): OperatorLayout[] {
  const found: OperatorLayout[] = [];
  const spread = brackets.length < devices ? [...brackets, []] : brackets;
  const replaced = (changes: ReadonlyMap<number, readonly Term[]>): OperatorLayout =>
    layoutOf(spread.map((bracket, index) => changes.get(index) ?? bracket));
  for (const [from, source] of spread.entries()) {
    for (const [to, target] of spread.entries()) {
      if (from === to) continue;
      for (const term of source) {
        const without = source.filter((other) => other !== term);
        found.push(
          replaced(
            new Map([
              [from, without],
              [to, [...target, term]],
            ]),
          ),
        );
        if (from < to)
          for (const other of target)
            found.push(
              replaced(
                new Map([
                  [from, [...without, other]],
                  [to, [...target.filter((kept) => kept !== other), term]],
                ]),
              ),
            );
      }
    }
    if (from > 0 && source.length > 0) found.push(layoutOf([source, ...spread.filter((_, index) => index !== from)]));
  }
  return found.filter((layout) => layout.brackets.length > 0);
}
