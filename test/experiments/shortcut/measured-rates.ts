/**
 * Success rates that were measured once by another program, for p = 8, `||a*|| = 1`, 60 degrees between shortcut and
 * teacher. Cells whose runs had not all finished there are left out (null).
 */
export interface MeasuredRate {
  readonly k: number;
  readonly p: number;
  readonly r: number;
  /** Null: not comparable. */
  readonly rate: number | null;
}

const row = (k: number, rates: readonly (number | null)[]): MeasuredRate[] =>
  [0, 1, 4, 9, 16].map((r, index) => ({ k, p: 8, r, rate: rates[index] ?? null }));

/** Plain, rate 5 / k, 2,500 steps, 1,000 runs a cell. */
export const plainRates: readonly MeasuredRate[] = [
  ...row(16, [0.47, 0.61, 0.92, 1, 1]),
  ...row(25, [0.51, 0.59, 0.82, 1, 1]),
  ...row(36, [0.49, 0.57, 0.71, null, 1]),
  ...row(64, [0.51, 0.54, 0.64, null, null]),
  ...row(100, [null, null, null, null, null]),
];

/** Plain, k = 25, r = 4, rate 0.2, 1,000 runs a cell. */
export const plainRatesByInputs: readonly MeasuredRate[] = (
  [
    [2, 0.61],
    [4, 0.71],
    [8, 0.79],
    [16, 0.87],
    [64, 0.99],
  ] as const
).map(([p, rate]) => ({ k: 25, p, r: 4, rate }));

/** Shortcut, constant rates, 300 runs a cell. */
export const constantRates: readonly (MeasuredRate & { readonly rho: number })[] = (
  [
    [16, 1, [0.99, 0.93, 0.84, 0.69]],
    [16, 4, [1, 0.98, 0.93, 0.88]],
    [25, 4, [1, 0.99, 0.93, 0.86]],
    [64, 4, [1, 1, 0.99, 0.96]],
    [100, 4, [1, 1, 1, 0.98]],
  ] as const
).flatMap(([k, r, rates]) =>
  [30, 100, 300, 1000].map((rho, index) => ({ k, p: 8, r, rho, rate: rates[index] ?? null })),
);
