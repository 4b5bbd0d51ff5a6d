/** The program with fake workers, in a reports folder of its own, on a machine with two cores and no GPU. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../../experiments/commands.js';
import { main } from '../../../harness/cli/main.js';
import type { ProgramSurroundings } from '../../../harness/cli/command.js';
import { RunStore } from '../../../harness/store/store.js';
import { papers } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';
import { TextStream } from '../../support/text-stream.js';
import { fakeWorkerCommand } from '../run/schedule/fake-workers.js';

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
  readonly messages: string;
}

/** The smallest part of Table 2 that has something of everything: two trainings of WRN-13, and no timing. */
export const smallTable = ['table2', '--profile', 'quick', '--only', 'WRN-13-1', '--only', 'WRN-13-2'] as const;

export class Program {
  readonly reports = mkdtempSync(join(tmpdir(), 'reports-'));
  readonly store = new RunStore(join(this.reports, 'runs'), papers);
  readonly #slotNamespace = randomUUID();

  async run(args: readonly string[], changes: Partial<ProgramSurroundings> = {}): Promise<Ran> {
    const [output, messages] = [new TextStream(), new TextStream()];
    const surroundings: ProgramSurroundings = {
      environment: {},
      output,
      messages,
      papers: async () => papers,
      worker: fakeWorkerCommand,
      sizeOf,
      hardware: { cpu: 'CPU Y', cores: [0, 1], memoryBytes: 2 ** 35, gpus: [] },
      slotNamespace: this.#slotNamespace,
      ...changes,
    };
    const exitCode = await main([...args, '--reports-folder', this.reports], surroundings, commands);
    return { exitCode, output: output.text, messages: messages.text };
  }

  async json(args: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.run([...args, '--json'])).output) as unknown;
  }

  close(): void {
    rmSync(this.reports, { recursive: true, force: true });
  }
}
