/** What is asked of the rows of a matrix, each complaint with the place of what is wrong. */
import { Problem, type Place } from '../../core/problem.js';
import { fits } from '../condition.js';
import { problemNamed, type Paper } from '../paper/paper.js';
import { allowedNames } from '../yaml/nearest.js';
import type { YamlDocument } from '../yaml/yaml-document.js';
import type { ExclusionFile, MatrixFile } from './matrix-file.js';
import type { MatrixRow, NetworkRow, ProblemRow } from './matrix-row.js';
import { layoutOfRow } from './row-layout.js';

/** @throws Problem SPECIFICATION_INVALID, LAYOUT_INVALID and of a numerical problem, with the place */
export function checkRow(paper: Paper, row: MatrixRow): void {
  const { document, row: path } = row.source;
  atPlace(document.place(path), () => {
    if (row.kind === 'network') layoutOfRow(paper, row, null);
    if (row.kind === 'problem') problemNamed(paper, row.problem).parse(row.axes);
  });
}

/** Gives a Problem that has no place this one. */
export function atPlace(place: Place, check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.place !== undefined) throw cause;
    throw new Problem(cause.code, cause.message, cause.hint, place);
  }
}

/** Rows need not have names, but no two may be the same in every respect. */
export function refuseTwins(rows: readonly MatrixRow[]): void {
  const names = new Set<string>();
  const contents = new Set<string>();
  for (const { source, ...row } of rows) {
    const { name } = row;
    const content = JSON.stringify(row);
    if ((name === null || !names.has(name)) && !contents.has(content)) {
      if (name !== null) names.add(name);
      contents.add(content);
      continue;
    }
    throw name === null
      ? new Problem('ROW_TWICE', 'This row is here twice', 'Leave one out.', source.document.place(source.row))
      : new Problem(
          'ROW_TWICE',
          `Two rows are called "${name}"`,
          'Names and published ids are used once in a table.',
          source.document.place(source.published),
        );
  }
}

export function checkExclusions(file: MatrixFile, rows: readonly MatrixRow[], document: YamlDocument): void {
  for (const [index, exclusion] of (file.exclude ?? []).entries()) {
    if (rows.some((row) => row.kind !== 'printed only' && excludes(exclusion, row))) continue;
    const known = rows.flatMap(({ name }) => name ?? []);
    const unknownRow = exclusion.row !== undefined && !known.includes(exclusion.row);
    throw new Problem(
      'EXCLUSION_UNUSED',
      unknownRow ? `No row is called "${exclusion.row ?? ''}"` : 'No row fits this exclusion',
      unknownRow ? allowedNames(exclusion.row ?? '', known, 'Rows') : undefined,
      document.place(unknownRow ? ['exclude', index, 'row'] : ['exclude', index]),
    );
  }
}

/** Whether an exclusion is about this row. */
export function excludes(exclusion: ExclusionFile, row: NetworkRow | ProblemRow): boolean {
  return fits(exclusion, row) && (exclusion.row === undefined || exclusion.row === row.name);
}
