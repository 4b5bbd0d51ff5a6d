/** Minimises a function of a few numbers without derivatives (Nelder and Mead 1965, the standard coefficients). */

export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

/**
 * Starts from `start` and a simplex of the given step along each axis; stops when the simplex's values agree to
 * `tolerance` or after `limit` evaluations. Deterministic.
 */
export function nelderMead(
  objective: (at: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  { tolerance = 1e-6, limit = 200 }: { tolerance?: number; limit?: number } = {},
): Minimum {
  let evaluations = 0;
  const evaluate = (at: readonly number[]): Minimum => ({ at, value: (evaluations++, objective(at)), evaluations: 0 });
  const simplex = [
    evaluate(start),
    ...steps.map((step, axis) => evaluate(start.map((value, index) => (index === axis ? value + step : value)))),
  ];
  const byValue = (): void => void simplex.sort((a, b) => a.value - b.value);
  byValue();
  for (;;) {
    const best = simplex[0];
    const worst = simplex.at(-1);
    const second = simplex.at(-2);
    if (best === undefined || worst === undefined || second === undefined)
      throw new Error('Internal error: nothing to minimise over');
    if (worst.value - best.value <= tolerance || evaluations >= limit) return { ...best, evaluations };
    const others = simplex.slice(0, -1);
    const centre = best.at.map(
      (_, axis) => others.reduce((sum, point) => sum + (point.at[axis] ?? 0), 0) / others.length,
    );
    const along = (factor: number): Minimum =>
      evaluate(centre.map((value, axis) => value + factor * ((worst.at[axis] ?? 0) - value)));
    const replace = (point: Minimum): void => {
      simplex[simplex.length - 1] = point;
      byValue();
    };
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      replace(expanded.value < reflected.value ? expanded : reflected);
    } else if (reflected.value < second.value) {
      replace(reflected);
    } else {
      const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) replace(contracted);
      else {
        for (let point = 1; point < simplex.length; point++) {
          const at = simplex[point]?.at ?? best.at;
          simplex[point] = evaluate(at.map((value, axis) => ((best.at[axis] ?? 0) + value) / 2));
        }
        byValue();
      }
    }
  }
}
