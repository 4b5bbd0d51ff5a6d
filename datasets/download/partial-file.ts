/** A download in progress: the bytes so far, and what the server said of the file they belong to. */
import { open, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { Problem } from '../../harness/core/problem.js';
import { moveIntoPlace } from './durable.js';

const noteSchema = z.strictObject({
  url: z.string(),
  /** ETag or Last-Modified; sent as If-Range, so that a file that has changed is not glued to an older one. */
  validator: z.string(),
  /** Bytes of the whole file, where the server told. */
  total: z.number().nullable(),
});
export type PartialNote = z.infer<typeof noteSchema>;

export class PartialFile {
  readonly path: string;
  private readonly notePath: string;
  private handle: FileHandle | undefined;
  /** Bytes that are on disk. */
  size = 0;

  constructor(private readonly target: string) {
    this.path = `${target}.part`;
    this.notePath = `${target}.part.json`;
  }

  /** What an earlier attempt left to go on from; undefined where it cannot be gone on from. */
  async resumable(url: string): Promise<PartialNote | undefined> {
    try {
      const note = noteSchema.parse(JSON.parse(await readFile(this.notePath, 'utf8')));
      this.size = (await stat(this.path)).size;
      return note.url === url && this.size > 0 ? note : undefined;
    } catch {
      return undefined;
    }
  }

  /** Opens for writing: at the end of what there is, or from the start. Without a note the bytes serve no later attempt. */
  async begin(keep: boolean, note: PartialNote | undefined): Promise<void> {
    await this.end();
    if (note) await writeFile(this.notePath, JSON.stringify(note));
    else await rm(this.notePath, { force: true });
    this.handle = await open(this.path, keep ? 'a' : 'w');
    if (!keep) this.size = 0;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (!this.handle) throw new Error('Internal error: append before begin');
    try {
      await this.handle.appendFile(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
        throw new Problem(
          'DISK_FULL',
          `No space is left for ${this.path}`,
          'Make room and start again: it goes on where it was.',
        );
      throw error;
    }
    this.size += bytes.length;
  }

  async end(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }

  async discard(): Promise<void> {
    await this.end();
    this.size = 0;
    await rm(this.path, { force: true });
    await rm(this.notePath, { force: true });
  }

  async finish(): Promise<void> {
    await this.end();
    await moveIntoPlace(this.path, this.target);
    await rm(this.notePath, { force: true });
  }
}
