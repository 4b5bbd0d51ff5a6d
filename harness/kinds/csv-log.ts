/** A CSV file that grows by a row at a time and never holds a step twice, however often its writer was killed. */
import { closeSync, fsyncSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { writeAtomically } from '../core/files/atomic-write.js';
import { openForAppending } from '../core/files/open-regular.js';
import { readBytesIfThere } from '../core/files/read-file.js';
import { writing } from '../core/files/write-problem.js';

type Value = string | number;

export class CsvLog {
  readonly #path: string;
  readonly #columns: readonly string[];
  readonly #file: number;
  #pending = '';

  /**
   * Opens the file and keeps of it the whole rows that `keep` accepts by their first field; a file with other columns, or
   * none, begins anew.
   */
  constructor(path: string, columns: readonly string[], keep: (firstField: string) => boolean) {
    this.#path = path;
    this.#columns = columns;
    const header = columns.join(',');
    const kept = keptRows(path, header, keep);
    writeAtomically(path, [header, ...kept].join('\n') + '\n');
    this.#file = writing(path, () => openForAppending(path));
  }

  /** Adds a row, in memory until `flush`. */
  append(...row: Value[]): void {
    if (row.length !== this.#columns.length)
      throw new Error(`Internal error: ${this.#path} has ${this.#columns.length} columns`);
    this.#pending += stringify([row]);
  }

  /** Writes pending rows. @throws Problem DISK_FULL */
  flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    writing(this.#path, () => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    });
  }

  /** Writes pending rows and waits until they are on the disk: what a checkpoint says was done is then in the CSV too. */
  sync(): void {
    this.flush();
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Of a hundred million steps. */
const mostBytes = 1 << 28;

function keptRows(path: string, header: string, keep: (firstField: string) => boolean): string[] {
  const lines = (readBytesIfThere(path, { limit: mostBytes })?.toString('utf8') ?? '').split('\n');
  // What follows the last newline is empty, or torn.
  lines.pop();
  if (lines[0] !== header) return [];
  return lines.slice(1).filter((line) => keep(line.slice(0, line.indexOf(','))));
}
