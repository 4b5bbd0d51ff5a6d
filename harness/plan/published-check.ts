/** Whether a row is what the printed row that it names says. */
import { bracketsOf, formatTerm } from '../../experiments/warpnet/layouts/layout.js';
import { Problem } from '../core/problem.js';
import type { MatrixRow, NetworkRow } from './matrix/matrix-row.js';
import { allowedNames } from './yaml/nearest.js';
import { loadPublished, type PublishedPoint, type PublishedRow } from './published.js';
import { layoutOf } from './matrix/row-layout.js';

/** @throws Problem PUBLISHED_UNKNOWN, PUBLISHED_DIFFERS with the place */
export function checkPublished(row: MatrixRow): void {
  const { published: id, source } = row;
  if (id === null) return;
  const published = loadPublished();
  const printed = published.rows.get(id);
  const point = published.points.get(id);
  if (printed === undefined && point === undefined) {
    const known = [...published.rows.keys(), ...published.points.keys()];
    const near = allowedNames(id, known).split('?')[0] ?? '';
    throw new Problem(
      'PUBLISHED_UNKNOWN',
      `The paper has no row "${id}"`,
      `${near.startsWith('Did') ? `${near}? ` : ''}The ids are in experiments/published/warpnet-tables.json.`,
      source.document.place(source.published),
    );
  }
  const differences = printed === undefined ? [] : rowDifferences(row, printed);
  if (point !== undefined) differences.push(...pointDifferences(row, point));
  const [difference] = differences;
  if (difference !== undefined)
    throw new Problem(
      'PUBLISHED_DIFFERS',
      `This is not the printed row "${id}": ${difference}`,
      'Correct the row, or leave its published id out.',
      source.document.place(source.row),
    );
}

type Scalar = string | number | null | undefined;

const compare = (name: string, ours: Scalar, printed: Scalar): string[] =>
  printed === null || printed === undefined || ours === printed ? [] : [`${name} is ${ours} here and ${printed} there`];

function rowDifferences(row: MatrixRow, printed: PublishedRow): string[] {
  const differences = compare('dataset', row.dataset, printed.dataset);
  if (row.cited !== null) return differences;
  return [
    ...differences,
    ...compare('network', row.network, printed.network),
    ...compare('K', row.K, printed.K ?? printed.blockK),
    ...compare('Nwarp', row.Nwarp, printed.Nwarp ?? printed.blockNwarp),
    ...compare('kw', row.kw, printed.kw),
    ...compare('depth', 6 * row.K * row.Nwarp + 1, printed.depth),
    ...compare('the number of devices', layoutOf(row, 'once').devices, printed.gpus),
    ...compare('the layout', brackets(row), printed.assignment?.map(bracketText).join(' ')),
  ];
}

function pointDifferences(row: MatrixRow, { series, kw }: PublishedPoint): string[] {
  if (row.cited !== null) return [];
  return [
    ...compare('K', row.K, series.K),
    ...compare('network', row.network, series.variant),
    ...compare('kw', row.kw, kw),
  ];
}

const bracketText = (terms: readonly string[]): string => `[${terms.join(', ')}]`;

const brackets = (row: NetworkRow): string =>
  bracketsOf(layoutOf(row, 'once').layout)
    .map((terms) => bracketText(terms.map(formatTerm)))
    .join(' ');
