/** How well Table 2 pins the fitted numbers down: profiles of the likelihood, and what they leave open for predictions. */
import type { FitCell } from './cells.js';
import { fitParameters, ranges as searched, type Fitted } from './fit-hypothesis.js';
import type { HardwareParameters } from './hypothesis.js';
import type { FitModel } from './model.js';

export interface ParameterRanges {
  /** Lowest and highest value that Table 2 allows while the others adapt; null at an end: as far as was searched. */
  readonly parameters: Readonly<Record<keyof HardwareParameters, readonly [number | null, number | null]>>;
  /** Lowest and highest projection of each cell over all allowed sets of parameters, percent. */
  readonly cells: readonly { readonly id: string; readonly lowPct: number; readonly highPct: number }[];
  /** Standard deviation of a printed value that the fit implies (at least that of rounding to whole percents). */
  readonly deviationPct: number;
}

const names = ['bandwidth', 'latency', 'fixed'] as const;

/** Values tried to each side of the best, as factors. */
const factors = [1.03, 1.07, 1.12, 1.2, 1.35, 1.7, 2.4, 4, 8, 16] as const;

/** Of a value rounded to a whole percent. */
const roundingDeviation = 1 / Math.sqrt(12);

/** 95 % of a chi-squared distribution with one degree of freedom. */
const chiSquared95 = 3.84;

/** Points by which a printed value scatters about a fit: at least those of rounding it to a whole percent. */
export const scatterOf = ({ squares }: Fitted, fitted: readonly FitCell[]): number =>
  Math.max(roundingDeviation, Math.sqrt(squares / Math.max(1, fitted.length - names.length)));

/** @param deviation points by which printed values scatter; a reading that fits badly may be given that of one that fits well */
export function parameterRanges(
  model: FitModel,
  fitted: readonly FitCell[],
  cells: readonly FitCell[],
  best: Fitted,
  deviation = scatterOf(best, fitted),
): ParameterRanges {
  const limit = best.squares + chiSquared95 * deviation ** 2;
  const allowed: HardwareParameters[] = [best.parameters];
  const side = (name: keyof HardwareParameters, direction: 1 | -1): number | null => {
    let inside = best.parameters[name];
    let from = best.parameters;
    for (const factor of factors) {
      const value = best.parameters[name] * factor ** direction;
      const [lowest, highest] = searched[name];
      if (value < lowest || value > highest) return null;
      const { parameters, squares } = fitParameters(model, fitted, { [name]: value }, from);
      if (squares > limit) return inside;
      allowed.push(parameters);
      [inside, from] = [value, parameters];
    }
    return null;
  };
  const parameters = Object.fromEntries(names.map((name) => [name, [side(name, -1), side(name, 1)] as const]));
  return {
    parameters: parameters as ParameterRanges['parameters'],
    cells: cells.map((cell) => {
      const projections = allowed.map((some) => model.rsPct(cell, some));
      return { id: cell.id, lowPct: Math.min(...projections), highPct: Math.max(...projections) };
    }),
    deviationPct: deviation,
  };
}
