/** The shape rule of every operation that the kernels emit. */
import { arrangementRules } from './arrangement.js';
import { convolutionRules } from './convolution.js';
import { elementwiseRules } from './elementwise.js';
import { fusedRules } from './fused.js';
import { reductionRules } from './reduction.js';
import type { ShapeRule } from './rule.js';
import { stateRules } from './state.js';

export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map(
  [elementwiseRules, reductionRules, arrangementRules, convolutionRules, fusedRules, stateRules].flatMap((rules) =>
    Object.entries(rules),
  ),
);
