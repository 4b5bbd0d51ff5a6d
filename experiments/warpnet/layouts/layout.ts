/** The paper's notation for which device computes which term of a warp operator: `[F1] [F2, F2'x1]` (method.md 7). */
export { bracketsOf, devicesOf, partsOf, type BracketLayout, type Layout, type Term } from './layout-model.js';
export { defaultLayout } from './layout-default.js';
export { checkLayout, mergesProducts, readLayout, termsOf } from './layout-check.js';
export { formatLayout, formatTerm, parseLayout } from './layout-notation.js';
