/** How far projections were off on this machine: where a plan both times and projects, and in a validation that was asked for. */
import type { JobResult } from '../../kinds/index.js';
import { operations, timing } from '../../kinds/index.js';
import { relativeSpeedUp } from '../../core/statistics.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { PlaceProjector } from '../planned-projection.js';
import { readValidation, summarise, type Validation } from './validation-file.js';
import type { PlannedValidation } from './validation-plan.js';
import { validate, type ValidatedLayout } from './validation.js';

export interface ValidationSources {
  readonly projector: PlaceProjector;
  readonly plan: ExperimentPlan;
  /** By job id. */
  readonly outcomes: ReadonlyMap<string, { readonly result?: JobResult }>;
  /** The folder of all reports, which a validation that was asked for is in. */
  readonly reports: string;
}

/** Null where nothing was both timed and projected. Layouts that were validated on other hardware are left out. */
export async function knownValidation({
  projector,
  plan,
  outcomes,
  reports,
}: ValidationSources): Promise<Validation | null> {
  const resultOf = (id: string): JobResult | null => outcomes.get(id)?.result ?? null;
  const checked = checksWithJobs(plan).filter(
    (check) => resultOf(check.timing.id) !== null && resultOf(check.operations.id) !== null,
  );
  const asked = readValidation(reports, plan.profile);
  if (checked.length === 0) return asked;
  const own = await validate(checked, { projector, resultOf, speedUpOf: relativeSpeedUp });
  const known = new Set(own.map(keyOf));
  const others = (asked?.rows ?? []).filter((row) => row.hardware === own[0]?.hardware && !known.has(keyOf(row)));
  return own.length === 0 ? asked : summarise([...own, ...others]);
}

const keyOf = ({ timing: job, network, layout }: ValidatedLayout): string => `${job} ${network} ${layout}`;

function checksWithJobs(plan: ExperimentPlan): PlannedValidation[] {
  const jobs = new Map(plan.jobs.map((job) => [job.id, job]));
  return plan.checks.flatMap(({ projection, row, ...check }): PlannedValidation[] => {
    const [timed, priced] = [jobs.get(check.timing), jobs.get(projection.job)];
    if (timed === undefined || priced === undefined || !timing.is(timed) || !operations.is(priced)) return [];
    return [{ projection, timing: timed, row, operations: priced }];
  });
}
