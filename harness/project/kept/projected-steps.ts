/** How long steps were projected to take, kept between calls: a report projects what the one before it did. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import type { Paper } from '../../plan/paper/paper.js';
import { KeptFile } from './kept-file.js';

const stepTimes = z.strictObject({ step: z.number(), operations: z.number(), estimated: z.number() });

/** Microseconds: of a step, of its operations together, and of those whose times are estimated. */
export type StepTimes = Readonly<z.infer<typeof stepTimes>>;

export class ProjectedSteps {
  readonly #file: KeptFile<StepTimes>;
  #stored: ReadonlyMap<string, StepTimes> | undefined;
  /** Asked for in this call; in the file they count as its newest. */
  readonly #used = new Map<string, StepTimes>();
  #fresh = false;
  /** Thousands of steps are projected from the times of one job. */
  readonly #hashes = new WeakMap<OperationTimes, string>();

  constructor(paper: Paper, folder: string | null) {
    this.#file = new KeptFile(folder, paper, stepTimes);
  }

  /** Equal for equal steps on machines where the same was measured. */
  key(measured: OperationTimes, step: string): string {
    const known = this.#hashes.get(measured) ?? hashOf(JSON.stringify(measured));
    this.#hashes.set(measured, known);
    return hashOf(`${known} ${step}`);
  }

  timesOf(key: string): StepTimes | undefined {
    this.#stored ??= this.#file.read();
    const times = this.#used.get(key) ?? this.#stored.get(key);
    if (times !== undefined) this.#used.set(key, times);
    return times;
  }

  add(key: string, times: StepTimes): void {
    this.#used.set(key, times);
    this.#fresh = true;
  }

  /** Writes what is not in the file yet. */
  keep(): void {
    if (this.#fresh) this.#file.add(this.#used);
    this.#fresh = false;
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
