/** `reproduce import FOLDER`: takes over finished runs made on another machine. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cellId } from '../../plan/identity.js';
import { Problem } from '../../core/problem.js';
import { importRun } from '../../store/import-run.js';
import { readCell } from '../../store/read-cell.js';
import type { CellResult } from '../../store/result.js';
import { RunStore } from '../../store/store.js';
import { exitCodes } from '../exit-codes.js';
import type { ExperimentArguments } from '../options.js';
import { foldersOf } from '../../run/site.js';
import type { Surroundings } from '../surroundings.js';

export interface ImportArguments extends Pick<ExperimentArguments, 'reportsFolder' | 'json'> {
  readonly folder: string;
  /** Of a conflict, take theirs. */
  readonly theirs: boolean;
}

interface Imported {
  readonly id: string;
  readonly what:
    | 'imported'
    /** The same numbers are here. */
    | 'same'
    /** Other numbers are here for the same id. */
    | 'conflict'
    /** Somebody works on it here. */
    | 'busy'
    | 'unfinished'
    | 'refused';
  readonly details: string;
}

/** Resolves to the exit code. @throws Problem IMPORT_NOTHING, DISK_FULL, NOT_WRITABLE */
export function importCommand(args: ImportArguments, { output }: Surroundings): number {
  const source = new RunStore(runsIn(resolve(args.folder)));
  const target = new RunStore(foldersOf({ ...args, dataCache: undefined }).runs);
  const imported = source
    .ids()
    .sort()
    .map((id) => importOne(id, source, target, args.theirs));
  if (args.json) output.write(`${JSON.stringify({ runs: imported }, null, 2)}\n`);
  else output.write(`${describe(imported, args.theirs)}\n`);
  return exitCodes.done;
}

/** A folder of runs, or a reports folder that has one. @throws Problem IMPORT_NOTHING */
function runsIn(folder: string): string {
  const runs = join(folder, 'runs');
  if (existsSync(runs)) return runs;
  if (existsSync(folder) && new RunStore(folder).ids().length > 0) return folder;
  throw new Problem(
    'IMPORT_NOTHING',
    `There are no runs in ${folder}`,
    'Name the other machine’s reports folder, or the `runs` folder in it.',
  );
}

function importOne(id: string, source: RunStore, target: RunStore, theirs: boolean): Imported {
  const cell = readCell(source.folder(id));
  if (!cell) return { id, what: 'refused', details: 'its cell.json is missing, or of another version' };
  if (cell.id !== id || cellId(cell) !== id)
    return {
      id,
      what: 'refused',
      details: 'its cell.json does not have this id: it was changed, or another version made it',
    };
  try {
    const other = source.result(id);
    if (!other) return { id, what: 'unfinished', details: cell.title };
    const own = target.result(id);
    if (own && measured(own) === measured(other)) return { id, what: 'same', details: cell.title };
    if (own && !theirs) return { id, what: 'conflict', details: `${cell.title}: ${difference(own, other)}` };
    if (!importRun(source.folder(id), target, id, other)) return { id, what: 'busy', details: cell.title };
    return { id, what: 'imported', details: cell.title };
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'DISK_FULL' || error.code === 'NOT_WRITABLE') throw error;
    return { id, what: 'refused', details: error.message };
  }
}

/** What a result measured, without when and where. */
function measured(result: CellResult): string {
  if (result.kind === 'error') return JSON.stringify([result.evaluations, result.parameters]);
  return JSON.stringify(result.rows.map(({ row, milliseconds }) => [row, milliseconds]));
}

function difference(own: CellResult, other: CellResult): string {
  const hosts = `here (${describeHost(own)}), there (${describeHost(other)})`;
  if (own.kind === 'error' && other.kind === 'error')
    return `error ${own.last.errorPct} % and ${other.last.errorPct} %; ${hosts}`;
  return `measured twice; ${hosts}`;
}

const describeHost = ({ environment: { host, gpus, cpu } }: CellResult): string => `${host}, ${gpus[0] ?? cpu}`;

function describe(imported: readonly Imported[], theirs: boolean): string {
  const of = (what: Imported['what']) => imported.filter((one) => one.what === what);
  const lines = [
    `${of('imported').length} imported, ${of('same').length} already here, ${of('conflict').length} in conflict, ${of('unfinished').length} unfinished there, ${of('refused').length} refused`,
  ];
  for (const what of ['conflict', 'busy', 'refused'] as const)
    for (const { id, details } of of(what)) lines.push(`  ${what.padEnd(8)}  ${id}  ${details}`);
  if (of('conflict').length > 0 && !theirs)
    lines.push(
      'Of conflicts, what is here was kept; --theirs takes the others. Differences of errors between machines are ordinary on GPUs.',
    );
  return lines.join('\n');
}
