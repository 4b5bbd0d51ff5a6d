/** Projected speed-ups for the places of a plan that this machine lacks the devices for, from operation times measured here. */
import { operations, type JobResult } from '../kinds/index.js';
import type { OperationsResult } from '../kinds/operations/result.js';
import type { ExperimentPlan, ProjectionPlan } from '../plan/plan.js';
import type { Hardware } from './costs/costs.js';
import type { PlaceProjector, PlannedProjection } from './planned-projection.js';
import type { Validation } from './validation/validation-file.js';

/** A projected speed-up with how far it can be trusted. */
export interface Projection extends PlannedProjection {
  /** Mean absolute difference between projected and measured RS where both exist, points; null where nothing was validated. */
  readonly validationError: number | null;
  /** Layouts that the validation rests on. */
  readonly validated: number;
  /** Of the devices that the operations were timed on. */
  readonly hardware: Hardware;
  /** Share of the cores' time that others took while the operations were timed, 0 … 1; null where unknown. */
  readonly otherLoad: number | null;
}

/** Equal for equal projections: the job with the operations' times, the two steps that are compared, and their protocol. */
export const projectionKey = ({
  job,
  network,
  layout,
  baseline,
  batch,
  protocol,
}: Omit<ProjectionPlan, 'skipped'>): string =>
  [job, network.key, layout.text, baseline.network.key, baseline.layout.text, batch, protocol].join(' | ');

export interface PlacesToProject {
  readonly projector: PlaceProjector;
  readonly plan: ExperimentPlan;
  /** By job id. */
  readonly outcomes: ReadonlyMap<string, { readonly result?: JobResult }>;
  /** How far projections were off on this machine; null where that is not known. */
  readonly validation: Validation | null;
}

/** Those whose operations have been timed, by `projectionKey`. */
export async function projectPlaces({
  projector,
  plan,
  outcomes,
  validation,
}: PlacesToProject): Promise<Map<string, Projection>> {
  const protocols = new Map(plan.protocols.map((protocol) => [protocol.name, protocol]));
  const places = new Map(
    plan.tables
      .flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown])
      .flatMap(({ projection }) =>
        projection === null || projection.skipped ? [] : [[projectionKey(projection), projection] as const],
      ),
  );
  const timed = [...places].flatMap(([key, place]) => {
    const protocol = protocols.get(place.protocol);
    const measured = operationsOf(outcomes.get(place.job)?.result);
    return protocol === undefined || measured === undefined ? [] : [{ key, place, protocol, measured }];
  });
  const projections = new Map<string, Projection>();
  for (const { key, place, protocol, measured } of timed) {
    const hardware = { kind: measured.times.hardware.kind, model: measured.hardware };
    const validated = validation?.hardware === hardware.model ? validation : null;
    projections.set(key, {
      ...(await projector.project(place, protocol, measured.times)),
      validationError: validated?.meanDifferencePct ?? null,
      validated: validated?.rows.length ?? 0,
      hardware,
      otherLoad: measured.otherLoad,
    });
  }
  projector.keep();
  return projections;
}

const operationsOf = (result: JobResult | undefined): OperationsResult | undefined =>
  result?.kind === operations.kind ? result : undefined;
