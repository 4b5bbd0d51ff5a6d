/** Which device computes which term of a warp operator, as data (method.md 7). */

import type { Pipeline } from '../../../harness/plan/paper/pipeline-notation.js';

/** One term of the operator: `F2` (a residual branch), `F2'x1` or `F2'F1` (a derivative applied to a vector). */
export type Term =
  | { readonly kind: 'residual'; readonly unit: number }
  | {
      readonly kind: 'derivative';
      /** j of `Fj'`. */
      readonly unit: number;
      /** i of `Fj'Fi`, `input` for `Fj'x1`, `change` for `F2'(F1-x1)`, the operator of two units without skips. */
      readonly of: number | 'input' | 'change';
      readonly coefficient: number;
    };

/** Bracket i is computed on device i. */
export type Layout =
  | { readonly kind: 'operator'; readonly brackets: readonly (readonly Term[])[]; readonly recompute: boolean }
  /** `4 x [F1, F2]`: the batch is cut into that many parts, each on a device that holds all weights (Table 5). */
  | { readonly kind: 'data-parallel'; readonly replicas: number; readonly bracket: readonly Term[] }
  /** `pipeline M=4: [stage1] [stage2, stage3]`: a chain cut into stages that work on micro-batches. */
  | PipelineLayout;

export interface PipelineLayout extends Pipeline {
  readonly kind: 'pipeline';
  /** As it is written, with every stage: names of blocks belong to the network. */
  readonly text: string;
}

/** What divides the terms of an operator, or a batch: brackets of terms. */
export type BracketLayout = Exclude<Layout, PipelineLayout>;

/** How many devices a layout needs. */
export function devicesOf(layout: Layout): number {
  switch (layout.kind) {
    case 'operator':
      return layout.brackets.length;
    case 'data-parallel':
      return layout.replicas;
    case 'pipeline':
      return layout.stages.length;
  }
}

/** Equal parts that a batch is cut into. */
export function partsOf(layout: Layout): number {
  switch (layout.kind) {
    case 'operator':
      return 1;
    case 'data-parallel':
      return layout.replicas;
    case 'pipeline':
      return layout.microBatches;
  }
}

/** The brackets of one copy of the operator: of any layout but a pipeline. */
export function bracketsOf(layout: Layout): readonly (readonly Term[])[] {
  if (layout.kind === 'pipeline') throw new Error('Internal error: a pipeline has stages, no brackets');
  return layout.kind === 'operator' ? layout.brackets : [layout.bracket];
}
