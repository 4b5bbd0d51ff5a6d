/** The runs of a bundle as a folder of run folders: regular files of known names, and nothing else that a zip can hold. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../../store/run-folder.js';
import { readBundle } from './verify.js';

const known = new Set<string>(Object.values(runFiles));

/** `runs/<id>/<file>`, an id being hexadecimal: no name of a zip can lead out of the folder. */
const runEntry = /^runs\/([0-9a-f]+)\/([^/\\]+)$/u;

/**
 * Writes them below `folder`, which is the caller's and empty.
 * @returns how many runs there are
 * @throws Problem BUNDLE_MISSING, BUNDLE_INVALID
 */
export function unpackRuns(bundle: string, folder: string): number {
  const ids = new Set<string>();
  for (const [name, content] of readBundle(bundle)) {
    const [, id, file] = runEntry.exec(name) ?? [];
    if (id === undefined || file === undefined || !known.has(file)) continue;
    mkdirSync(join(folder, id), { recursive: true });
    writeFileSync(join(folder, id, file), content, { flag: 'wx' });
    ids.add(id);
  }
  return ids.size;
}
