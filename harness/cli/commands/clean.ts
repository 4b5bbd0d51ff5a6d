/** `reproduce clean …`: says what it would delete, and with --yes deletes it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { profileNames } from '../../plan/profile/profile-name.js';
import { Problem } from '../../core/problem.js';
import { inProject } from '../../core/project.js';
import { runFile } from '../../store/run-folder.js';
import { RunStore } from '../../store/store.js';
import { writing } from '../../core/files/write-problem.js';
import { formatBytes } from '../../core/format-bytes.js';
import { exitCodes } from '../../core/exit-codes.js';
import { sizeOf } from '../../core/files/folder-size.js';
import { foldersOf, type Folders } from '../../run/site.js';
import { command } from '../command.js';
import { pick } from '../options/options.js';

const targets = ['runs', 'failed', 'checkpoints', 'reports', 'data', 'native'] as const;
type CleanTarget = (typeof targets)[number];

const meanings: Readonly<Record<CleanTarget, string>> = {
  runs: 'every run: results, checkpoints, logs. What was measured is lost',
  failed: 'runs that failed or were interrupted, with their checkpoints',
  checkpoints: 'checkpoints of finished runs; their results stay',
  reports: 'tables, CSVs and reports; they can be written again from the runs',
  data: 'downloaded data sets',
  native: "TensorFlow's library and the addon built against it, as far as they are in this project",
};

interface Doomed {
  readonly path: string;
  readonly bytes: number;
}

/** @throws Problem RUN_IN_USE, NOT_WRITABLE */
export const cleanCommand = command({
  positionals: { what: { choices: targets, array: true, describe: targets.join(', ') } },
  options: {
    ...pick('reports-folder', 'data-cache', 'json'),
    yes: { type: 'boolean', alias: 'y', default: false, describe: 'Delete' },
  },
  run: async (args, { papers, output }) => {
    const folders = foldersOf(args);
    const store = new RunStore(folders.runs, await papers());
    const named = (args.what?.length ?? 0) > 0 ? [...new Set(args.what)] : undefined;
    const found = (named ?? targets).map((target) => ({ target, doomed: doomedBy(target, store, folders) }));
    const deleting = named !== undefined && args.yes;
    if (deleting) for (const { doomed } of found) for (const { path } of doomed) remove(path);
    if (args.json) output.write(`${JSON.stringify({ deleted: deleting, targets: found }, null, 2)}\n`);
    else output.write(`${describe(found, named !== undefined, deleting)}\n`);
    return exitCodes.done;
  },
});

function doomedBy(target: CleanTarget, store: RunStore, folders: Folders): Doomed[] {
  switch (target) {
    case 'runs':
      return existing(idleRuns(store).map((id) => store.folder(id)));
    case 'failed':
      return existing(
        idleRuns(store)
          .filter((id) => store.state(id) !== 'done')
          .map((id) => store.folder(id)),
      );
    case 'checkpoints':
      return existing(
        store
          .ids()
          .filter((id) => store.state(id) === 'done')
          .map((id) => runFile(store.folder(id), 'checkpoint')),
      );
    case 'reports':
      return existing(profileNames.map((profile) => join(folders.reports, profile)));
    case 'data':
      return existing(children(folders.dataCache));
    case 'native':
      return existing([inProject('native')]);
  }
}

/** Runs that nobody works on. A folder of another format counts: deleting it is the way out that its error names. */
function idleRuns(store: RunStore): string[] {
  return store.ids().filter((id) => {
    try {
      return store.state(id) !== 'running';
    } catch (error) {
      if (error instanceof Problem && error.code === 'RUN_SCHEMA') return true;
      throw error;
    }
  });
}

const children = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

const existing = (paths: readonly string[]): Doomed[] =>
  paths.filter((path) => existsSync(path)).map((path) => ({ path, bytes: sizeOf(path) }));

function remove(path: string): void {
  writing(path, () => {
    rmSync(path, { recursive: true, force: true });
  });
}

const longestList = 20;

function describe(
  found: readonly { readonly target: CleanTarget; readonly doomed: readonly Doomed[] }[],
  named: boolean,
  deleted: boolean,
): string {
  const lines = found.flatMap(({ target, doomed }) => {
    const total = formatBytes(doomed.reduce((sum, one) => sum + one.bytes, 0));
    const head = `${target.padEnd(11)}  ${total.padStart(7)}  ${meanings[target]}`;
    if (!named) return [head];
    const shown = doomed.slice(0, longestList).map((one) => `  ${formatBytes(one.bytes).padStart(7)}  ${one.path}`);
    const more = doomed.length > longestList ? [`  … and ${doomed.length - longestList} more`] : [];
    return [head, ...shown, ...more];
  });
  const names = found.map(({ target }) => target).join(' ');
  if (!named) return [...lines, '', 'Name what should go: `npm run reproduce -- clean checkpoints`'].join('\n');
  if (deleted) return [...lines, 'Deleted.'].join('\n');
  if (found.every(({ doomed }) => doomed.length === 0)) return [...lines, 'Nothing to delete.'].join('\n');
  return [...lines, `Nothing is deleted yet: \`npm run reproduce -- clean ${names} --yes\` does it.`].join('\n');
}
