/** Append-only files of one JSON value a line. A torn last line (its writer was killed) is left out by readers. */
import { closeSync, fstatSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { openForAppending, openIfThere } from './open-regular.js';
import { writing } from './write-problem.js';

const newline = 0x0a;

/**
 * Appends one value and syncs it to disk. A torn last line is closed first, so that it cannot swallow this one.
 * @throws Problem DISK_FULL, NOT_WRITABLE
 */
export function appendJsonLine(path: string, value: unknown): void {
  writing(path, () => {
    const file = openForAppending(path);
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      const torn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== newline;
      const line = Buffer.from(`${torn ? '\n' : ''}${JSON.stringify(value)}\n`);
      for (let done = 0; done < line.length;) done += writeSync(file, line, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/** Every whole line of a file that `parse` accepts, in order; empty when there is no file. */
export function readJsonLines<T>(path: string, parse: (value: unknown) => T | undefined): T[] {
  return new JsonLinesTail(path, parse).read();
}

/** Follows a growing file: each `read` gives the lines that are new since the last. */
export class JsonLinesTail<T> {
  /** Just after the last newline seen. A torn line behind it is read again, since its writer's successor may cut it off. */
  #offset = 0;

  constructor(
    private readonly path: string,
    /** Undefined: not a value of this file; the line is left out. */
    private readonly parse: (value: unknown) => T | undefined,
  ) {}

  read(): T[] {
    const bytes = this.#readBytes();
    const end = bytes.lastIndexOf(newline) + 1;
    if (end === 0) return [];
    this.#offset += end;
    const values: T[] = [];
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      const value = this.#parseLine(line);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  #parseLine(line: string): T | undefined {
    if (line === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // A line torn by a kill, and closed by the next writer.
      return undefined;
    }
    return this.parse(value);
  }

  #readBytes(): Buffer {
    const file = openIfThere(this.path);
    if (file === undefined) return Buffer.alloc(0);
    try {
      const { size } = fstatSync(file);
      // A shorter file is another file: start again.
      if (size < this.#offset) this.#offset = 0;
      const bytes = Buffer.alloc(size - this.#offset);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#offset));
    } finally {
      closeSync(file);
    }
  }
}
