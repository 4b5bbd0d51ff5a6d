/** The networks and layouts that rows name. */
import { Problem } from '../../core/problem.js';
import type { RowFacts } from '../paper/row-facts.js';
import { datasetFacts } from '../dataset-facts.js';
import { LayoutProblem, type Layout } from '../paper/layout.js';
import type { Network } from '../paper/network.js';
import { systemNamed, type Paper } from '../paper/paper.js';
import type { ProtocolOptions } from '../paper/protocol-options.js';
import type { NetworkRow } from './matrix-row.js';

/** The network of a row; `classes` of its data set unless given. */
export const networkOfRow = (paper: Paper, row: RowFacts, classes = datasetFacts[row.dataset].classes): Network =>
  systemNamed(paper, row.network).network(row.axes, classes);

/**
 * The row's layout under a protocol, or under whichever it is right.
 * @param network what is placed; the row's own unless it is computed with another number of classes
 * @throws Problem LAYOUT_INVALID with the place
 */
export function layoutOfRow(
  paper: Paper,
  row: NetworkRow,
  options: ProtocolOptions | null,
  network: Network = networkOfRow(paper, row),
): Layout {
  try {
    return network.layout(row.layout, options);
  } catch (cause) {
    if (!(cause instanceof LayoutProblem)) throw cause;
    const { document, layout } = row.source;
    throw new Problem(cause.code, cause.message, cause.hint, document.placeInText(layout, cause.offset, cause.length));
  }
}
