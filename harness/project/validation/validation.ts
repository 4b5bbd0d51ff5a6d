/** Measured against projected speed-ups of layouts that fit the machine. */
import type { JobResult } from '../../kinds/index.js';
import { operations as operationsKind, timing as timingKind } from '../../kinds/index.js';
import type { TimedRowResult } from '../../kinds/timing/result.js';
import type { PlaceProjector } from '../planned-projection.js';
import type { PlannedValidation } from './validation-plan.js';

/** A layout that was both measured and projected; RS in percent. */
export interface ValidatedLayout {
  readonly paper: string;
  readonly network: string;
  readonly layout: string;
  readonly baseline: string;
  readonly protocol: string;
  readonly batch: number;
  readonly measuredRs: number;
  /** 95 % interval. */
  readonly measuredLow: number;
  readonly measuredHigh: number;
  readonly projectedRs: number;
  readonly hardware: string;
  /** Ids of the jobs. */
  readonly timing: string;
  readonly operations: string;
}

export interface MeasuredSpeedUp {
  readonly percent: number;
  /** 95 %; null for a single round. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface ValidationResults {
  readonly projector: PlaceProjector;
  /** By job id; null where there is none yet. */
  readonly resultOf: (id: string) => JobResult | null;
  /** As reports work it out. */
  readonly speedUpOf: (baseline: TimedRowResult, row: TimedRowResult) => MeasuredSpeedUp;
}

/** Those whose jobs have results. */
export async function validate(
  planned: readonly PlannedValidation[],
  { projector, resultOf, speedUpOf }: ValidationResults,
): Promise<ValidatedLayout[]> {
  const validated: ValidatedLayout[] = [];
  for (const { projection, timing, row, operations } of planned) {
    const [timed, priced] = [resultOf(timing.id), resultOf(operations.id)];
    if (timed?.kind !== timingKind.kind || priced?.kind !== operationsKind.kind) continue;
    const own = timed.rows.find((candidate) => candidate.row === row);
    const [baseline] = timed.rows;
    if (own === undefined || baseline === undefined) continue;
    const { percent, interval } = speedUpOf(baseline, own);
    if (interval === null) continue;
    const { network, layout, batch } = projection;
    validated.push({
      paper: projector.paper.id,
      network: network.title,
      layout: layout.text,
      baseline: projection.baseline.network.title,
      protocol: timing.protocol.name,
      batch,
      measuredRs: percent,
      measuredLow: interval.low,
      measuredHigh: interval.high,
      projectedRs: (await projector.project(projection, timing.protocol, priced.times)).percent,
      hardware: timed.hardware,
      timing: timing.id,
      operations: operations.id,
    });
  }
  projector.keep();
  return validated;
}
