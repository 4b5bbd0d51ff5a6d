/** Which code decides what is kept of a paper: what another version of it worked out says nothing. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Paper } from '../../plan/paper/paper.js';

/** Folders of the program whose code decides what a step counts, and how long it is projected to take. */
const deciding = ['engine', 'model', 'plan/paper', 'plan/profile', 'project'];
const harness = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Says which version of TensorFlow.js traces. */
const tracing = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json');

/** Code does not change while it runs. */
const known = new WeakMap<Paper, string>();

/** A hash of the code that is running, as compiled or as written. @throws a system error where a paper's code is elsewhere */
export function codeVersion(paper: Paper): string {
  const version = known.get(paper) ?? hashOf(paper);
  known.set(paper, version);
  return version;
}

function hashOf(paper: Paper): string {
  const hash = createHash('sha256').update(readFileSync(tracing));
  const folders = [...deciding.map((folder) => join(harness, folder)), join(dirname(harness), paper.folder)];
  for (const folder of folders)
    for (const file of sourcesIn(folder)) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Ascending by name. */
function sourcesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return /\.[jt]s$/.test(entry.name) ? [path] : [];
  });
}
