/** The program with fake workers, in a reports folder of its own, on a machine with two cores and no GPU. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Surroundings } from '../../../harness/cli/surroundings.js';
import { main } from '../../../harness/cli/main.js';
import { RunStore } from '../../../harness/store/store.js';
import { fakeWorkerCommand } from '../run/schedule/fake-workers.js';

class Text extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
  readonly messages: string;
}

/** The smallest part of Table 2 that has something of everything: two trainings of WRN-13, and no timing. */
export const smallTable = ['table2', '--profile', 'quick', '--only', 'WRN-13-1', '--only', 'WRN-13-2'] as const;

export class Program {
  readonly reports = mkdtempSync(join(tmpdir(), 'reports-'));
  readonly store = new RunStore(join(this.reports, 'runs'));
  readonly #slotNamespace = randomUUID();

  async run(args: readonly string[], changes: Partial<Surroundings> = {}): Promise<Ran> {
    const [output, messages] = [new Text(), new Text()];
    const exitCode = await main([...args, '--reports-folder', this.reports], {
      environment: {},
      output,
      messages,
      worker: fakeWorkerCommand,
      hardware: { cpu: 'CPU Y', cores: [0, 1], memoryBytes: 2 ** 35, gpus: [] },
      slotNamespace: this.#slotNamespace,
      ...changes,
    });
    return { exitCode, output: output.text, messages: messages.text };
  }

  async json(args: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.run([...args, '--json'])).output) as unknown;
  }

  close(): void {
    rmSync(this.reports, { recursive: true, force: true });
  }
}
