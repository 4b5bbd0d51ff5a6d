/** The paper's notation for which device computes which term of a warp operator: `[F1] [F2, F2'x1]` (method.md 7). */
export { bracketsOf, devicesOf, partsOf, type BracketLayout, type Layout, type Term } from './layout-model.js';
export { defaultLayout } from './layout-default.js';
export { checkLayout, readLayout } from './layout-check.js';
export { mergesProducts, termsOf } from './operator-terms.js';
export { formatLayout, formatTerm, parseLayout } from './layout-notation.js';
