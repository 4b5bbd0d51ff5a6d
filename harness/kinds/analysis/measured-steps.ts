/** What has been measured at which step, in the run folder: a training that goes on from a checkpoint does not pass those steps again. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { runFile } from '../../store/run-folder.js';
import type { AnalysisJob } from './job.js';
import { analysisRowSchema, type AnalysisRow } from './result.js';

const fileSchema = z.strictObject({
  job: z.string(),
  steps: z.array(z.strictObject({ step: z.number().int(), rows: z.array(analysisRowSchema) })),
});

export class MeasuredSteps {
  readonly #path: string;
  readonly #job: Pick<AnalysisJob, 'id' | 'at'>;
  readonly #byStep: Map<number, readonly AnalysisRow[]>;

  /** Takes over what an earlier attempt measured; where that is lost, so is its checkpoint: the training begins anew. @throws Problem DISK_FULL */
  constructor(folder: string, job: Pick<AnalysisJob, 'id' | 'at'>) {
    this.#path = runFile(folder, 'analysis');
    this.#job = job;
    const before = stored(this.#path, job.id);
    this.#byStep = before ?? new Map<number, readonly AnalysisRow[]>();
    if (before !== undefined) return;
    rmSync(runFile(folder, 'checkpoint'), { force: true });
    this.#write();
  }

  isDue(step: number): boolean {
    return this.#job.at.includes(step) && !this.#byStep.has(step);
  }

  /** @throws Problem DISK_FULL */
  add(step: number, rows: readonly AnalysisRow[]): void {
    this.#byStep.set(step, rows);
    this.#write();
  }

  #write(): void {
    const steps = [...this.#byStep].map(([step, rows]) => ({ step, rows }));
    writeAtomically(this.#path, `${JSON.stringify({ job: this.#job.id, steps })}\n`);
  }

  /** Of all steps, in their order. */
  rows(): AnalysisRow[] {
    return this.#job.at.flatMap((step) => {
      const rows = this.#byStep.get(step);
      if (rows === undefined) throw new Error(`Internal error: step ${step} was passed without being measured`);
      return rows;
    });
  }
}

/** @returns undefined where there is no such file, or one that cannot be read or is of another job */
function stored(path: string, job: string): Map<number, readonly AnalysisRow[]> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const file = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return file.job === job ? new Map(file.steps.map(({ step, rows }) => [step, rows])) : undefined;
  } catch {
    return undefined;
  }
}
