/** A matrix file, checked and spread out into rows: what a table shows, before any profile, protocol or machine. */
import { Problem, type Place } from '../../core/problem.js';
import { firstFit } from '../condition.js';
import { matrixSchema, type ExclusionFile, type MatrixFile, type Measured, type RowFile } from './matrix-file.js';
import type { Absence } from '../not-run.js';
import { isNetworkRow, type MatrixRow, type NetworkRow } from './matrix-row.js';
import { allowedNames } from '../yaml/nearest.js';
import { checkPublished } from '../published-check.js';
import type { Profile } from '../profile/profile-file.js';
import { changed, refuseEqualNames } from '../profile/protocol-file.js';
import type { Protocol } from '../profile/protocol.js';
import type { Scalar } from '../paper/network.js';
import { atPlace, checkExclusions, checkRow, refuseTwins } from './row-checks.js';
import { allAxes, problemNamed, systemNamed, type Paper } from '../paper/paper.js';
import { parseWith } from '../yaml/schema-problem.js';
import type { YamlDocument, YamlPath } from '../yaml/yaml-document.js';

export interface Matrix {
  readonly paper: Paper;
  readonly id: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly measure: ReadonlySet<Measured>;
  readonly rows: readonly MatrixRow[];
  readonly exclude: readonly ExclusionFile[];
  /** `same-size`, or the row that every RS refers to. */
  readonly baseline: 'same-size' | NetworkRow;
  /** In place of the profile's. */
  readonly protocols: readonly Protocol[] | null;
  readonly profile: string | null;
  /** Of a numerical problem with each seed; null where no row is of one. */
  readonly trials: number | null;
  /** What is measured of weights; null where nothing is. */
  readonly analyse: MatrixFile['analyse'] | null;
  readonly asWritten: boolean;
  readonly seeds: readonly number[] | null;
  readonly training: NonNullable<MatrixFile['training']>;
  readonly also: readonly { readonly table: string; readonly row: string }[];
  readonly document: YamlDocument;
}

/** What a matrix may refer to by name; each throws a Problem at `place` where there is none. */
export interface NamedFiles {
  protocol(name: string, place: Place): Protocol;
  profile(name: string, place: Place): Profile;
}

/** @throws Problem with the place of whatever is wrong */
export function loadMatrix(paper: Paper, document: YamlDocument, folder: NamedFiles): Matrix {
  const file = parseWith(matrixSchema(paper), document);
  const rows = [...rowsOfAxes(paper, file, document), ...writtenRows(paper, file, document)];
  if (rows.length === 0)
    throw new Problem('ROWS_MISSING', 'This matrix has no rows', 'Give axes, rows, or both.', document.place([]));
  for (const row of rows) {
    checkRow(paper, row);
    checkPublished(paper, row);
  }
  refuseTwins(rows);
  checkExclusions(file, rows, document);
  if (file.profile !== undefined) folder.profile(file.profile, document.place(['profile']));
  return {
    paper,
    id: file.id,
    title: file.title,
    notes: file.notes ?? [],
    measure: new Set(file.measure),
    rows,
    exclude: file.exclude ?? [],
    baseline: baselineOf(file, rows, document),
    protocols: protocolsOf(paper, file, document, folder),
    profile: file.profile ?? null,
    trials: trialsOf(file, rows, document),
    analyse: analyseOf(file, document),
    asWritten: file.asWritten ?? false,
    seeds: file.seeds ?? null,
    training: file.training ?? {},
    also: file.also ?? [],
    document,
  };
}

/** More than anybody can read, and few enough to plan in seconds. */
const mostRows = 20_000;

/** Every combination of the axes; the axis written first varies slowest. */
function rowsOfAxes(paper: Paper, file: MatrixFile, document: YamlDocument): MatrixRow[] {
  const { axes } = file;
  if (axes === undefined) return [];
  const content = document.content as { readonly axes: Readonly<Record<string, readonly unknown[]>> };
  const count = Object.values(content.axes).reduce((product, values) => product * values.length, 1);
  if (count > mostRows)
    throw new Problem(
      'ROWS_TOO_MANY',
      `These axes make ${count} rows`,
      `A table has at most ${mostRows}.`,
      document.place(['axes'], 'key'),
    );
  let combinations: Record<string, unknown>[] = [{}];
  for (const [axis, values] of Object.entries(content.axes))
    combinations = combinations.flatMap((combination) => values.map((value) => ({ ...combination, [axis]: value })));
  return combinations.map((combination) => {
    const row: RowFile = { ...file.defaults, ...combination };
    const known = row as Readonly<Record<string, string | number | undefined>>;
    const published = file.published?.replace(/\{(\w+)\}/g, (braces, key: string) =>
      String(known[key] ?? braces).toLowerCase(),
    );
    return completeRow(paper, file, { published, ...row }, document, ['axes'], ['published']);
  });
}

const writtenRows = (paper: Paper, file: MatrixFile, document: YamlDocument): MatrixRow[] =>
  (file.rows ?? []).map((row, index) =>
    completeRow(paper, file, { ...file.defaults, ...row }, document, ['rows', index], ['rows', index, 'published']),
  );

function completeRow(
  paper: Paper,
  file: MatrixFile,
  row: { readonly [Key in keyof RowFile]: RowFile[Key] | undefined },
  document: YamlDocument,
  path: YamlPath,
  publishedPath: YamlPath,
): MatrixRow {
  const { dataset, network, problem } = row;
  const name = row.name ?? row.published ?? null;
  const published = row.published ?? null;
  const missing = (key: string): Problem =>
    new Problem(
      'KEY_MISSING',
      `A row needs "${key}"`,
      'Give it in the row, in defaults or as an axis.',
      document.place(path),
    );
  const source = { document, row: path, published: publishedPath };
  const axesOf = (names: Readonly<Record<string, unknown>>): Record<string, Scalar> => {
    const given: Readonly<Record<string, unknown>> = { ...row };
    const axes: Record<string, Scalar> = {};
    for (const axis of Object.keys(names)) {
      if (given[axis] === undefined) throw missing(axis);
      axes[axis] = given[axis] as Scalar;
    }
    return axes;
  };
  if (problem !== undefined) {
    const { axes: own } = problemNamed(paper, problem);
    const foreign = Object.keys({
      dataset,
      network,
      layout: row.layout,
      group: row.group,
      batch: row.batch,
      ...allAxes(paper),
    }).find((key) => !Object.hasOwn(own, key) && (row as Readonly<Record<string, unknown>>)[key] !== undefined);
    if (foreign !== undefined)
      throw new Problem(
        'KEY_UNKNOWN',
        `The problem ${problem} has no "${foreign}"`,
        allowedNames(foreign, Object.keys(own), 'Its axes'),
        document.place(path),
      );
    const of = { kind: 'problem', problem, axes: axesOf(own) } as const;
    return { ...of, name, published, label: row.label ?? null, source: { ...source, layout: path } };
  }
  const { cited, printedOnly } = row;
  if (cited !== undefined || printedOnly !== undefined) {
    if (row.label === undefined) throw missing('label');
    const why: Absence =
      cited === undefined ? { code: 'EXCLUDED', remark: printedOnly ?? '' } : { code: 'CITED', remark: cited };
    const of = { kind: 'printed only', why, dataset: dataset ?? null } as const;
    return { ...of, name, published, label: row.label, source: { ...source, layout: path } };
  }
  if (dataset === undefined) throw missing('dataset');
  if (network === undefined) throw missing('network');
  const axes = axesOf(paper.axes);
  const facts = { dataset, network, axes };
  const rule = firstFit(file.layouts ?? [], facts);
  const layoutPath: YamlPath =
    row.layout !== undefined && path[0] === 'rows' && file.rows?.[Number(path[1])]?.layout !== undefined
      ? [...path, 'layout']
      : row.layout !== undefined
        ? ['defaults', 'layout']
        : rule !== undefined
          ? ['layouts', (file.layouts ?? []).indexOf(rule), 'layout']
          : path;
  return {
    ...facts,
    name,
    published,
    label: row.label ?? null,
    kind: 'network',
    layout: row.layout ?? rule?.layout ?? systemNamed(paper, network).printedLayout(axes),
    group: row.group ?? '',
    batch: row.batch ?? null,
    source: { ...source, layout: layoutPath },
  };
}

function baselineOf(file: MatrixFile, rows: readonly MatrixRow[], document: YamlDocument): Matrix['baseline'] {
  const name = file.speedUp?.baseline ?? 'same-size';
  if (name === 'same-size') return name;
  const row = rows.filter(isNetworkRow).find((candidate) => candidate.name === name);
  if (row !== undefined) return row;
  const known = ['same-size', ...rows.filter(isNetworkRow).flatMap((candidate) => candidate.name ?? [])];
  throw new Problem(
    'ROW_UNKNOWN',
    `No row is called "${name}"`,
    allowedNames(name, known, 'Rows'),
    document.place(['speedUp', 'baseline']),
  );
}

/** @throws Problem KEY_MISSING where a row is of a numerical problem */
function trialsOf({ trials }: MatrixFile, rows: readonly MatrixRow[], document: YamlDocument): number | null {
  if (trials !== undefined || rows.every(({ kind }) => kind !== 'problem')) return trials ?? null;
  throw new Problem(
    'KEY_MISSING',
    '"trials" is missing',
    'Rows of numerical problems need to know how often they are tried.',
    document.place(['trials'], 'key'),
  );
}

/** @throws Problem KEY_MISSING where analyses are asked for and not named */
function analyseOf({ analyse, measure }: MatrixFile, document: YamlDocument): Matrix['analyse'] {
  if (analyse !== undefined || !measure.includes('analysis')) return analyse ?? null;
  throw new Problem(
    'KEY_MISSING',
    '"analyse" is missing',
    'A table of analyses says what is measured, and when.',
    document.place(['measure']),
  );
}

function protocolsOf(paper: Paper, file: MatrixFile, document: YamlDocument, folder: NamedFiles): Protocol[] | null {
  if (file.protocols === undefined) return null;
  const protocols = file.protocols.map((entry, index) => {
    const path = ['protocols', index];
    if (typeof entry === 'string') return folder.protocol(entry, document.place(path));
    const protocol = changed(folder.protocol(entry.like, document.place([...path, 'like'])), entry.set, entry.name);
    atPlace(document.place([...path, 'set']), () => paper.checkOptions(protocol));
    return protocol;
  });
  refuseEqualNames(protocols, (index) => document.place(['protocols', index]));
  return protocols;
}
