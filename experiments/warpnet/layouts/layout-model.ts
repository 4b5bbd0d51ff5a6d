/** Which device computes which term of a warp operator, as data (method.md 7). */

/** One term of the operator: `F2` (a residual branch), `F2'x1` or `F2'F1` (a derivative applied to a vector). */
export type Term =
  | { readonly kind: 'residual'; readonly unit: number }
  | {
      readonly kind: 'derivative';
      /** j of `Fj'`. */
      readonly unit: number;
      /** i of `Fj'Fi`, or `input` for `Fj'x1`. */
      readonly of: number | 'input';
      readonly coefficient: number;
    };

/** Bracket i is computed on device i. */
export type Layout =
  | { readonly kind: 'operator'; readonly brackets: readonly (readonly Term[])[]; readonly recompute: boolean }
  /** `4 x [F1, F2]`: the batch is cut into that many parts, each on a device that holds all weights (Table 5). */
  | { readonly kind: 'data-parallel'; readonly replicas: number; readonly bracket: readonly Term[] };

/** How many devices a layout needs. */
export function devicesOf(layout: Layout): number {
  return layout.kind === 'operator' ? layout.brackets.length : layout.replicas;
}

/** The brackets of one copy of the operator. */
export function bracketsOf(layout: Layout): readonly (readonly Term[])[] {
  return layout.kind === 'operator' ? layout.brackets : [layout.bracket];
}
