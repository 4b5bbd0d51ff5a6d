/** How large the steps of papers' networks are, read from their graphs: nothing of TensorFlow is loaded. */
import { join } from 'node:path';
import { kindOf, type Job } from '../kinds/index.js';
import type { Paper } from '../plan/paper/paper.js';
import type { SizeOf } from '../plan/step-size.js';
import { StepSizes } from '../project/step-sizes.js';
import type { Surroundings } from '../run/surroundings.js';
import { cacheFolder } from '../setup/native-library.js';

export interface Sizes {
  /** Knows what an `answer` asked after. */
  readonly sizeOf: SizeOf;
  /** What `ask` gives; it may be called twice: before and after models are loaded that tell what nobody has counted before. */
  answer<T>(ask: () => T): Promise<T>;
}

export function stepSizesOf(papers: readonly Paper[], { sizeOf, environment }: Surroundings): Sizes {
  if (sizeOf !== undefined) return { sizeOf, answer: async (ask) => Promise.resolve(ask()) };
  return new StepSizes(papers, join(cacheFolder(environment), 'step-sizes'));
}

/** Asks all that estimating and running these jobs will ask. */
export function askAfter(jobs: readonly Job[], sizeOf: SizeOf): void {
  for (const job of jobs) {
    kindOf(job).memoryBytes(job, sizeOf);
    kindOf(job).seconds(job, { kind: 'gpu' }, sizeOf);
  }
}
