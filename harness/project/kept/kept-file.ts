/**
 * A file of what follows from code and takes seconds to work out, kept between calls. It is of one paper and one version of the code
 * that decides what is in it. Nothing depends on it: where it is damaged, or cannot be written, everything is worked out again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/make-folder.js';
import { readTextFile } from '../../core/files/read-file.js';
import { systemCode } from '../../core/files/system-code.js';
import { Problem } from '../../core/problem.js';
import type { Paper } from '../../plan/paper/paper.js';
import { codeVersion } from './code-version.js';

const fileSchema = z.strictObject({
  /** SHA-256 of the rest: a damaged file is none. */
  checksum: z.string(),
  entries: z.record(z.string(), z.unknown()),
});

const limit = { limit: 64 << 20 };
/** Days after which a file that nobody has read counts as left over. */
const unreadDays = 30;

export class KeptFile<Value> {
  readonly #entries: z.ZodType<Record<string, Value>>;

  constructor(
    /** Of such files alone; null keeps none. */
    private readonly folder: string | null,
    private readonly paper: Paper,
    value: z.ZodType<Value>,
    /** Entries: when there are more, the oldest go. */
    private readonly most = 5000,
  ) {
    this.#entries = z.record(z.string(), value);
  }

  /** From oldest to newest; nothing where there is no such file, or one that is damaged. */
  read(): ReadonlyMap<string, Value> {
    if (this.folder === null) return new Map();
    try {
      const { checksum, entries } = fileSchema.parse(JSON.parse(readTextFile(this.#path(this.folder), limit)));
      return new Map(checksum === checksumOf(entries) ? Object.entries(this.#entries.parse(entries)) : []);
    } catch {
      return new Map();
    }
  }

  /** Adds to the file, as its newest entries. Where that cannot be done they are worked out again next time. */
  add(added: ReadonlyMap<string, Value>): void {
    if (this.folder === null) return;
    try {
      makeFolder(this.folder, '');
      const older = [...this.read()].filter(([key]) => !added.has(key));
      const entries = Object.fromEntries([...older, ...added].slice(-this.most));
      const text = JSON.stringify({ checksum: checksumOf(entries), entries });
      writeAtomically(this.#path(this.folder), text, { durable: false });
      removeUnread(this.folder, Date.now() - unreadDays * 86_400_000);
    } catch (error) {
      if (!(error instanceof Problem) && systemCode(error) === undefined) throw error;
    }
  }

  #path(folder: string): string {
    return join(folder, `${this.paper.id}-${codeVersion(this.paper)}.json`);
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
