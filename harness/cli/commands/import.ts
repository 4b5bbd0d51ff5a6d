/** `reproduce import FOLDER | BUNDLE.zip`: takes over finished runs made on another machine. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jobId } from '../../kinds/identity.js';
import { kindOf, type Job, type JobResult } from '../../kinds/index.js';
import { sharedResult } from '../../kinds/result.js';
import type { Papers } from '../../plan/paper/papers.js';
import { Problem } from '../../core/problem.js';
import { unpackRuns } from '../../report/bundle/unpack-runs.js';
import { importRun } from '../../store/import-run.js';
import { RunStore } from '../../store/store.js';
import { exitCodes } from '../../core/exit-codes.js';
import { foldersOf } from '../../run/site.js';
import { command } from '../command.js';
import { pick } from '../options/options.js';

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

/** @throws Problem IMPORT_NOTHING, DISK_FULL, NOT_WRITABLE */
export const importCommand = command({
  positionals: { folder: { type: 'string', demandOption: true, describe: 'Its reports folder, or a bundle (a zip)' } },
  options: {
    ...pick('reports-folder', 'json'),
    theirs: { type: 'boolean', default: false, describe: 'Of two results for a job, take theirs' },
  },
  run: async (args, { papers, output }) => {
    const known = await papers();
    const target = new RunStore(foldersOf({ ...args, dataCache: undefined }).runs, known);
    const imported = withRunsOf(resolve(args.folder), known, (runs) => {
      const source = new RunStore(runs, known);
      return source
        .ids()
        .sort()
        .map((id) => importOne(id, source, target, known, args.theirs));
    });
    if (args.json) output.write(`${JSON.stringify({ runs: imported }, null, 2)}\n`);
    else output.write(`${describe(imported, args.theirs)}\n`);
    return exitCodes.done;
  },
});

/** Hands over the folder of runs; that of a bundle is unpacked for as long as it takes. @throws Problem IMPORT_NOTHING, BUNDLE_INVALID */
function withRunsOf<T>(path: string, papers: Papers, use: (runs: string) => T): T {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return use(runsIn(path, papers));
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  try {
    if (unpackRuns(path, folder) === 0)
      throw new Problem(
        'IMPORT_NOTHING',
        `There are no runs in ${path}`,
        'Bundles with runs are made by `report --bundle`.',
      );
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder of runs, or a reports folder that has one. @throws Problem IMPORT_NOTHING */
function runsIn(folder: string, papers: Papers): string {
  const runs = join(folder, 'runs');
  if (existsSync(runs)) return runs;
  if (existsSync(folder) && new RunStore(folder, papers).ids().length > 0) return folder;
  throw new Problem(
    'IMPORT_NOTHING',
    `There are no runs in ${folder}`,
    'Name the other machine’s reports folder, or the `runs` folder in it.',
  );
}

function importOne(id: string, source: RunStore, target: RunStore, papers: Papers, theirs: boolean): Imported {
  const job = source.job(id);
  if (!job) return { id, what: 'refused', details: 'its cell.json is missing, or of another version' };
  if (job.id !== id || jobId(papers.named(job.paper), job) !== id)
    return {
      id,
      what: 'refused',
      details: 'its cell.json does not have this id: it was changed, or another version made it',
    };
  try {
    const other = source.result(id);
    if (!other) return { id, what: 'unfinished', details: job.title };
    const own = target.result(id);
    if (own && measured(own) === measured(other)) return { id, what: 'same', details: job.title };
    if (own && !theirs) return { id, what: 'conflict', details: `${job.title}: ${difference(job, own, other)}` };
    if (!importRun(source.folder(id), target, id, other)) return { id, what: 'busy', details: job.title };
    return { id, what: 'imported', details: job.title };
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'DISK_FULL' || error.code === 'NOT_WRITABLE') throw error;
    return { id, what: 'refused', details: error.message };
  }
}

/** What a result measured, without when and where. */
const measured = (result: JobResult): string =>
  JSON.stringify(Object.entries(result).filter(([name]) => !Object.hasOwn(sharedResult, name)));

/** The first figure that differs, of the last row of its CSV: `errorPct 50 and 49`. */
function difference(job: Job, own: JobResult, other: JobResult): string {
  const { csv } = kindOf(job);
  const [here = [], there = []] = [own, other].map((result) => csv.records(job, result).at(-1));
  const index = csv.columns.findIndex((_, column) => here[column] !== there[column]);
  const figures = index < 0 ? 'measured twice' : `${csv.columns[index]?.name} ${here[index]} and ${there[index]}`;
  return `${figures}; here (${describeHost(own)}), there (${describeHost(other)})`;
}

const describeHost = ({ environment: { host, gpus, cpu } }: JobResult): string => `${host}, ${gpus[0] ?? cpu}`;

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
