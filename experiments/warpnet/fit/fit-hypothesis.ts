/** Fits link bandwidth, latency and fixed cost to printed speed-ups: a coarse grid, then Nelder-Mead from its best points. */
import { printedMean, type FitCell } from './cells.js';
import type { HardwareParameters } from './hypothesis.js';
import type { FitModel } from './model.js';
import { nelderMead } from './nelder-mead.js';

export interface Fitted {
  readonly parameters: HardwareParameters;
  /** Sum of squared differences, squared points of percent. */
  readonly squares: number;
  /** Root mean square difference over the fitted cells, points of percent. */
  readonly rmsPct: number;
}

/** Parameters are searched in these ranges: GB/s, microseconds, milliseconds. */
export const ranges = {
  bandwidth: [1, 1000],
  latency: [0.1, 3000],
  fixed: [0.01, 1000],
} as const satisfies Record<keyof HardwareParameters, readonly [number, number]>;

const names = ['bandwidth', 'latency', 'fixed'] as const;
type Name = (typeof names)[number];

const clamp = (name: Name, logarithm: number): number =>
  Math.exp(Math.min(Math.max(logarithm, Math.log(ranges[name][0])), Math.log(ranges[name][1])));

const parametersAt = (at: readonly number[]): HardwareParameters => ({
  bandwidth: clamp('bandwidth', at[0] ?? 0),
  latency: clamp('latency', at[1] ?? 0),
  fixed: clamp('fixed', at[2] ?? 0),
});

/** Sum of squared differences of the projections from the printed values. */
export function squaresOf(model: FitModel, cells: readonly FitCell[], parameters: HardwareParameters): number {
  return cells.reduce((sum, cell) => sum + (model.rsPct(cell, parameters) - printedMean(cell)) ** 2, 0);
}

const grid: Readonly<Record<Name, readonly number[]>> = {
  bandwidth: [5, 20, 80],
  latency: [5, 100],
  fixed: [0.1, 20],
};

/** Least squares. `held` keeps a parameter at a value: for profiles of the likelihood. */
export function fitParameters(
  model: FitModel,
  cells: readonly FitCell[],
  held: Partial<HardwareParameters> = {},
  from?: HardwareParameters,
): Fitted {
  const free = names.filter((name) => held[name] === undefined);
  const complete = (at: readonly number[]): HardwareParameters => {
    const values = { ...parametersAt([0, 0, 0]), ...held };
    free.forEach((name, index) => (values[name] = clamp(name, at[index] ?? 0)));
    return values;
  };
  // Beyond the ranges nothing changes any more; a slope leads back.
  const beyond = (at: readonly number[]): number =>
    free.reduce((sum, name, index) => sum + (Math.log(clamp(name, at[index] ?? 0)) - (at[index] ?? 0)) ** 2, 0);
  const objective = (at: readonly number[]): number => squaresOf(model, cells, complete(at)) + beyond(at);
  const starts = from
    ? [free.map((name) => Math.log(from[name]))]
    : combinations(free.map((name) => grid[name].map(Math.log)))
        .map((at) => ({ at, value: objective(at) }))
        .sort((a, b) => a.value - b.value)
        .slice(0, 1)
        .map(({ at }) => at);
  const minima = starts.map((start) =>
    nelderMead(objective, start, new Array<number>(free.length).fill(0.7), { tolerance: 1e-3, limit: 150 }),
  );
  const [best] = minima.sort((a, b) => a.value - b.value);
  if (best === undefined) throw new Error('Internal error: nothing was fitted');
  const parameters = complete(best.at);
  const squares = squaresOf(model, cells, parameters);
  return { parameters, squares, rmsPct: Math.sqrt(squares / cells.length) };
}

/** Every choice of one value a list. */
const combinations = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>((all, list) => all.flatMap((some) => list.map((value) => [...some, value])), [[]]);
