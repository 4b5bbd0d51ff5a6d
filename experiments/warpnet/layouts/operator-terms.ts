/** Which terms a network's operator has. */
import type { NetworkOptions } from '../model/options.js';
import { isChain, unitsPerStage, type NetworkSpecification } from '../model/specification.js';
import { expansionTerms } from '../model/theorem.js';
import type { Term } from './layout-model.js';

export type DerivativeTerms = NetworkOptions['derivativeTerms'];

/**
 * The terms of one warp layer, without `x1` itself (method.md 3.4): Theorem 1's terms of power 1 and 2. WarpNet1 lets
 * each `Fj'` act on `x1` instead of `Fi`, once or as often as it replaces an `Fi` (A2). For a chain, all units of a stage.
 * Without skips, what two units compute of `x1`: `F1` is there for `F2'(F1-x1)` alone.
 */
export function termsOf(network: NetworkSpecification, derivativeTerms: DerivativeTerms): readonly Term[] {
  const K = isChain(network) ? unitsPerStage(network) : network.K;
  const residuals = Array.from({ length: K }, (_, index): Term => ({ kind: 'residual', unit: index + 1 }));
  if (isChain(network)) return residuals;
  if (network.family === 'plain-warp')
    return [...residuals, { kind: 'derivative', unit: 2, of: 'change', coefficient: 1 }];

  const pairs = expansionTerms(K).flatMap(([of, unit, third]) =>
    of === undefined || unit === undefined || third !== undefined ? [] : [{ of, unit }],
  );
  if (network.family === 'warpnet2')
    return [...residuals, ...pairs.map(({ of, unit }): Term => ({ kind: 'derivative', unit, of, coefficient: 1 }))];

  const units = new Set(pairs.map(({ unit }) => unit));
  const derivatives = [...units].map((unit): Term => {
    const coefficient = derivativeTerms === 'once' ? 1 : pairs.filter((pair) => pair.unit === unit).length;
    return { kind: 'derivative', unit, of: 'input', coefficient };
  });
  return [...residuals, ...derivatives];
}

/**
 * Whether `Fj'F1 + Fj'F2 + ...` is computed as `Fj'(F1 + F2 + ...)` where one device holds them, which is the same for a
 * linear `Fj'`: 11 derivatives in place of 66 at K = 12. The paper's K = 2 and 3 are computed as printed.
 */
export const mergesProducts = (network: NetworkSpecification): boolean =>
  network.family === 'warpnet2' && network.K > 3;
