/**
 * What steps of a paper's networks count, kept between calls: tracing them takes seconds, and they change with the code alone.
 * A file is of one paper and one version of the code that the counts follow from.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { writeAtomically } from '../core/files/atomic-write.js';
import { makeFolder } from '../core/files/make-folder.js';
import { readTextFile } from '../core/files/read-file.js';
import { Problem } from '../core/problem.js';
import { systemCode } from '../core/files/system-code.js';
import type { Paper } from '../plan/paper/paper.js';
import type { StepCounts } from './step-counts.js';

const count = z.number().nonnegative();
const counts = z.strictObject({
  parameters: count,
  peakBytes: count,
  flops: count,
  bytesMoved: count,
  operations: count,
});
const atBatches = z.tuple([counts, counts]);
const fileSchema = z.strictObject({
  /** SHA-256 of the rest: a damaged file is none. */
  checksum: z.string(),
  counts: z.record(z.string(), z.strictObject({ one: atBatches, two: atBatches, distinctOperations: z.string() })),
});

/** Keys are those of `StepSizes`. */
export type KnownCounts = ReadonlyMap<string, StepCounts>;

const limit = { limit: 64 << 20 };
/** Days after which a file that nobody has read counts as left over. */
const kept = 30;

const fileOf = (folder: string, paper: Paper): string => join(folder, `${paper.id}-${codeVersion(paper)}.json`);

/** Nothing where there is no such file, or one that is damaged. */
export function readCounts(folder: string, paper: Paper): KnownCounts {
  try {
    const stored = fileSchema.parse(JSON.parse(readTextFile(fileOf(folder, paper), limit)));
    return new Map(stored.checksum === checksumOf(stored.counts) ? Object.entries(stored.counts) : []);
  } catch {
    return new Map();
  }
}

/** Adds to the file. Where that cannot be done they are traced again next time. */
export function addCounts(folder: string, paper: Paper, added: KnownCounts): void {
  try {
    makeFolder(folder, '');
    const all = Object.fromEntries([...readCounts(folder, paper), ...added]);
    const path = fileOf(folder, paper);
    writeAtomically(path, JSON.stringify({ checksum: checksumOf(all), counts: all }), { durable: false });
    removeUnread(folder, Date.now() - kept * 86_400_000);
  } catch (error) {
    if (!(error instanceof Problem) && systemCode(error) === undefined) throw error;
  }
}

const checksumOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Those of versions that are no longer used. */
function removeUnread(folder: string, before: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status?.isFile() === true && Math.max(status.atimeMs, status.mtimeMs) < before) rmSync(path, { force: true });
  }
}

/** Folders of the program whose code decides what a step counts. */
const deciding = ['engine', 'model', 'plan/paper', 'project'];
const harness = dirname(dirname(fileURLToPath(import.meta.url)));

/** Says which version of TensorFlow.js traces. */
const tracing = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json');

/** A hash of the code that is running, as compiled or as written. @throws a system error where a paper's code is elsewhere */
function codeVersion(paper: Paper): string {
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
