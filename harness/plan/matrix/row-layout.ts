/** The networks and layouts that rows name. */
import { defaultLayout, devicesOf, formatLayout, type Layout } from '../../../experiments/warpnet/layouts/layout.js';
import { readLayout } from '../../../experiments/warpnet/layouts/layout-check.js';
import { LayoutProblem } from '../../../experiments/warpnet/layouts/layout-notation.js';
import type { NetworkOptions } from '../../../experiments/warpnet/model/options.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { Problem } from '../../core/problem.js';
import type { RowFacts } from '../condition.js';
import { datasetFacts } from '../dataset-facts.js';
import type { NetworkRow } from './matrix-row.js';

type DerivativeTerms = NetworkOptions['derivativeTerms'];

/** The network of a row; `classes` of its data set unless given. */
export function networkOf(row: RowFacts, classes = datasetFacts[row.dataset].classes): NetworkSpecification {
  const { network, K, Nwarp, kw } = row;
  if (network === 'WRN') return { family: 'wrn', unitsPerStage: K * Nwarp, kw, classes };
  return { family: network === 'WarpNet1' ? 'warpnet1' : 'warpnet2', K, Nwarp, kw, classes };
}

/** `[F1, F2, F3]`: K units of a WRN on one device. */
export const chainLayout = (K: number): string =>
  `[${Array.from({ length: K }, (_, index) => `F${index + 1}`).join(', ')}]`;

/** The paper's layout: K + 1 devices for a WarpNet (Tables 2 and 3), one for a WRN. */
export function paperLayout(row: RowFacts): string {
  if (row.network === 'WRN') return chainLayout(row.K);
  return formatLayout(defaultLayout(networkOf(row), row.K + 1));
}

export interface RowLayout {
  readonly layout: Layout;
  /** Spaces, primes and coefficients in one way, so that equal layouts are equal texts. */
  readonly text: string;
  readonly devices: number;
}

const known = new Map<string, RowLayout>();

/** The row's layout under a protocol. @throws Problem LAYOUT_INVALID with the place */
export function layoutOf(row: NetworkRow, derivativeTerms: DerivativeTerms): RowLayout {
  const key = `${row.network} ${row.K} ${row.Nwarp} ${derivativeTerms} ${row.layout}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  try {
    const layout = readLayout(row.layout, networkOf(row), derivativeTerms);
    const read = { layout, text: formatLayout(layout), devices: devicesOf(layout) };
    known.set(key, read);
    return read;
  } catch (cause) {
    if (!(cause instanceof LayoutProblem)) throw cause;
    const { document, layout } = row.source;
    throw new Problem(cause.code, cause.message, cause.hint, document.placeInText(layout, cause.offset, cause.length));
  }
}

/** A layout may be right under one choice of the derivative's coefficients only (A2). @throws Problem LAYOUT_INVALID */
export function checkRowLayout(row: NetworkRow): void {
  try {
    layoutOf(row, 'once');
  } catch (cause) {
    try {
      layoutOf(row, 'per-pair');
    } catch {
      throw cause;
    }
  }
}
