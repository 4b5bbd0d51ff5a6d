/** Which tables of which papers a command line means. */
import { join } from 'node:path';
import { Problem } from '../core/problem.js';
import { ExperimentFolder } from '../plan/experiment-folder.js';
import type { Matrix } from '../plan/matrix/matrix.js';
import { isNetworkRow } from '../plan/matrix/matrix-row.js';
import type { Paper } from '../plan/paper/paper.js';
import type { Papers } from '../plan/paper/papers.js';
import { allowedNames } from '../plan/yaml/nearest.js';
import type { YamlDocument } from '../plan/yaml/yaml-document.js';
import { readYamlFile } from '../plan/yaml/yaml-file.js';
import type { Surroundings } from '../run/surroundings.js';
import type { ExperimentArguments } from './options/options.js';

/** Tables of one paper. */
export interface TablesAsked<P extends Paper = Paper> {
  readonly paper: P;
  readonly folder: ExperimentFolder;
  readonly matrices: readonly Matrix[];
  /** Folder of their reports below that of the profile: the paper's id, or that of a matrix of the user's own. */
  readonly reports: string;
  /** Whether they are a user's own file and no tables of the paper. */
  readonly own: boolean;
}

type Asked = Pick<ExperimentArguments, 'tables' | 'file' | 'all' | 'paper'>;

const everyPaper = 'all';

/** Papers in the order in which they are named, each with its tables. @throws Problem TABLE_MISSING, and of what is named and is not there */
export function tablesAsked<P extends Paper>(papers: Papers<P>, args: Asked): TablesAsked<P>[] {
  if (args.file !== undefined) return [ownMatrix(papers, args.file, args.paper)];
  const asked = new Map<P, Set<string>>();
  const add = (paper: P, tables: readonly string[]): void => {
    const known = asked.get(paper) ?? new Set();
    asked.set(paper, known);
    for (const table of tables) known.add(table);
  };
  const bare = args.paper === undefined || args.paper === everyPaper ? papers.first : papers.named(args.paper);
  if (args.all && args.paper === everyPaper)
    for (const paper of papers.all) add(paper, [...paper.tables, ...paper.furtherTables]);
  else if (args.all) add(bare, bare.tables);
  else for (const word of args.tables ?? []) addWord(word, papers, bare, add);
  if (asked.size === 0) throw noTable(bare);
  return [...asked].map(([paper, tables]) => {
    const folder = new ExperimentFolder(paper);
    return { paper, folder, matrices: [...tables].map((name) => folder.matrix(name)), reports: paper.id, own: false };
  });
}

/** Whether rows that are asked for are of networks, which TensorFlow computes; false where the command will refuse them. */
export async function askForNetworks(args: Asked, { papers }: Pick<Surroundings, 'papers'>): Promise<boolean> {
  try {
    const matrices = tablesAsked(await papers(), args).flatMap((tables) => tables.matrices);
    return matrices.some(({ rows }) => rows.some(isNetworkRow));
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function addWord<P extends Paper>(
  word: string,
  papers: Papers<P>,
  bare: P,
  add: (paper: P, tables: readonly string[]) => void,
): void {
  const slash = word.indexOf('/');
  if (slash >= 0) add(papers.named(word.slice(0, slash)), [word.slice(slash + 1)]);
  else if (papers.has(word)) add(papers.named(word), papers.named(word).tables);
  else add(bare, [word]);
}

const noTable = (paper: Paper): Problem =>
  new Problem(
    'TABLE_MISSING',
    'Which table?',
    `Name one or more of ${new ExperimentFolder(paper).matrixNames().join(', ')}, or use --all. \`npm run reproduce -- --help\` lists everything.`,
  );

function ownMatrix<P extends Paper>(papers: Papers<P>, file: string, named: string | undefined): TablesAsked<P> {
  const paper = paperOf(papers, file) ?? (named === undefined ? papers.first : papers.named(named));
  const folder = new ExperimentFolder(paper);
  const matrix = folder.matrixAt(file);
  if (papers.has(matrix.id))
    throw new Problem(
      'ID_TAKEN',
      `"${matrix.id}" is the name of a paper`,
      `Its reports are in a folder of that name; give this matrix another id.`,
      matrix.document.place(['id']),
    );
  return { paper, folder, matrices: [matrix], reports: matrix.id, own: true };
}

/** The paper that a matrix names; undefined where it names none, or cannot be read, which is said when it is read as a matrix. */
function paperOf<P extends Paper>(papers: Papers<P>, file: string): P | undefined {
  let document: YamlDocument;
  try {
    document = readYamlFile(file);
  } catch {
    return undefined;
  }
  const { content } = document;
  if (typeof content !== 'object' || content === null || !('paper' in content)) return undefined;
  const { paper: id } = content;
  if (typeof id !== 'string') return undefined;
  if (papers.has(id)) return papers.named(id);
  const ids = papers.all.map((paper) => paper.id);
  throw new Problem(
    'PAPER_UNKNOWN',
    `There is no paper "${id}"`,
    allowedNames(id, ids, 'Papers'),
    document.place(['paper']),
  );
}

/** `reports/<profile>/<paper or matrix>`. */
export const reportFolder = (
  reports: string,
  profile: string,
  { reports: name }: Pick<TablesAsked, 'reports'>,
): string => join(reports, profile, name);
