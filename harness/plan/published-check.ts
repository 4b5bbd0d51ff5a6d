/** Whether a row is what the printed row that it names says. */
import { Problem } from '../core/problem.js';
import type { MatrixRow } from './matrix/matrix-row.js';
import { layoutOfRow, networkOfRow } from './matrix/row-layout.js';
import type { Scalar } from './paper/network.js';
import type { Paper } from './paper/paper.js';
import { nearestName } from './yaml/nearest.js';

/** @throws Problem PUBLISHED_UNKNOWN, PUBLISHED_DIFFERS with the place */
export function checkPublished(paper: Paper, row: MatrixRow): void {
  const { published: id, source } = row;
  if (id === null) return;
  const { rows, file } = paper.printed();
  const printed = rows.get(id);
  if (printed === undefined) {
    const near = nearestName(id, [...rows.keys()]);
    throw new Problem(
      'PUBLISHED_UNKNOWN',
      `The paper has no row "${id}"`,
      `${near === undefined ? '' : `Did you mean "${near}"? `}The ids are in ${file}.`,
      source.document.place(source.published),
    );
  }
  const ours = factsOf(paper, row);
  for (const [name, value] of Object.entries(printed.facts)) {
    const own = ours[name];
    if (own === undefined || own === value) continue;
    throw new Problem(
      'PUBLISHED_DIFFERS',
      `This is not the printed row "${id}": ${titles[name] ?? name} is ${own} here and ${value} there`,
      'Correct the row, or leave its published id out.',
      source.document.place(source.row),
    );
  }
}

const titles: Readonly<Record<string, string>> = { devices: 'the number of devices', layout: 'the layout' };

/** What a printed row may state of a row of ours. */
function factsOf(paper: Paper, row: MatrixRow): Readonly<Record<string, Scalar>> {
  if (row.kind === 'problem') return row.axes;
  if (row.kind === 'printed only') return row.dataset === null ? {} : { dataset: row.dataset };
  const { devices, text } = layoutOfRow(paper, row, null);
  return {
    dataset: row.dataset,
    network: row.network,
    ...row.axes,
    ...networkOfRow(paper, row).facts,
    devices,
    layout: text,
  };
}
