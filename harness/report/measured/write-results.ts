/** What a report rests on: how the jobs of a plan stand, and CSVs of all that was measured and projected. */
import { join } from 'node:path';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/make-folder.js';
import { writing } from '../../core/files/write-problem.js';
import { Problem } from '../../core/problem.js';
import type { Job } from '../../kinds/index.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import { validationCsv, validationTable, type Validation } from '../../project/validation/validation-file.js';
import type { RunStore } from '../../store/store.js';
import type { Projection } from '../evaluate/projection.js';
import { measuredCsvs } from './csv-files.js';
import type { Outcome } from './measurements.js';
import { nameless } from '../provenance/private.js';
import { projectionsCsv, projectionsFile } from './projections-csv.js';

/** How each job of a plan stands. A result that cannot be read is left out, and said. */
export function readOutcomes(
  jobs: readonly Job[],
  store: RunStore,
  warn: (message: string) => void,
): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { id } of jobs) {
    try {
      const result = store.result(id);
      const failure = result ? null : store.failure(id);
      outcomes.set(id, { ...(result ? { result } : {}), ...(failure ? { failure } : {}) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      warn(error.message);
    }
  }
  return outcomes;
}

export interface Evidential {
  readonly plan: ExperimentPlan;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** By `projectionKey`. */
  readonly projections: ReadonlyMap<string, Projection>;
  /** How far projections were off on this machine; null where that is not known. */
  readonly validation: Validation | null;
}

/** `errors.csv`, `timing.csv`, `operations.csv`, `projections.csv` by name, and what says how far projections can be trusted. */
export const evidenceCsvs = ({ plan, outcomes, projections, validation }: Evidential): ReadonlyMap<string, string> =>
  new Map([
    ...measuredCsvs(plan.jobs, (id) => outcomes.get(id)?.result ?? null),
    [projectionsFile, projectionsCsv(plan, projections)],
    ...(validation === null ? [] : [[validationTable, validationCsv(validation.rows)] as const]),
  ]);

/** Writes them into the report's folder, and returns their paths. @throws Problem DISK_FULL, NOT_WRITABLE */
export function writeCsvs(evidence: Evidential, folder: string, keepNames = false): string[] {
  const redact = nameless(evidence.outcomes, keepNames);
  makeFolder(folder);
  return [...evidenceCsvs(evidence)].map(([name, text]) => {
    const path = join(folder, name);
    writing(path, () => {
      writeAtomically(path, redact(text), { durable: false });
    });
    return path;
  });
}
