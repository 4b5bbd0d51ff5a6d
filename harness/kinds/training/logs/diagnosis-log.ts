/** What a network's diagnostics say on the way through a training: rows of `diagnoses.csv`, one a quantity. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { runFile } from '../../../store/run-folder.js';
import { CsvLog } from '../../csv-log.js';
import type { Batch, Program } from '../program.js';
import type { Diagnosis } from '../result.js';

const columns = ['step', 'name', 'value'] as const;

export class DiagnosisLog {
  readonly #csv: CsvLog | undefined;

  /**
   * Goes on after `resumedAt` steps: later rows are dropped, for those steps come again.
   * @param every steps between two looks, the first of them before the first step; undefined: none
   */
  constructor(
    folder: string,
    resumedAt: number,
    private readonly every: number | undefined,
  ) {
    if (every === undefined) return;
    this.#csv = new CsvLog(runFile(folder, 'diagnoses'), columns, (step) => Number(step) < resumedAt);
  }

  /** Looks at the network after so many steps, on the batch of the next one; does nothing where no look is due. */
  async look({ diagnose }: Pick<Program, 'diagnose'>, step: number, batch: Batch): Promise<void> {
    if (this.#csv === undefined || this.every === undefined || diagnose === undefined || step % this.every !== 0)
      return;
    for (const [name, value] of await diagnose(batch)) this.#csv.append(step, name, value);
    this.#csv.flush();
  }

  close(): void {
    this.#csv?.close();
  }
}

/** All that was found; undefined where nothing was looked at. */
export function readDiagnoses(folder: string): Diagnosis[] | undefined {
  const path = runFile(folder, 'diagnoses');
  if (!existsSync(path)) return undefined;
  const found = new Map<number, Record<string, number>>();
  const rows: string[][] = parse(readFileSync(path, 'utf8'));
  for (const [step, name = '', value] of rows.slice(1)) {
    const values = found.get(Number(step)) ?? {};
    found.set(Number(step), values);
    values[name] = Number(value);
  }
  return found.size === 0 ? undefined : [...found].map(([step, values]) => ({ step, values }));
}
