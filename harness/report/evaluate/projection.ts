/** A projected speed-up as a number of a table: its interval, and what its footnote says. */
import type { ProjectionPlan } from '../../plan/plan.js';
import type { Printed } from '../../plan/paper/printed.js';
import { disturbance } from '../measured/other-load.js';
import type { Interval } from '../measured/statistics.js';
import { quantity, type Hardware, type MetricFacts, type Quantity } from './quantity.js';

/** An RS worked out by the simulator where the machine lacks the devices. */
export interface Projection {
  /** Percent: what `milliseconds` saves of `baselineMilliseconds`. */
  readonly percent: number;
  /** Projected time of one step. */
  readonly milliseconds: number;
  readonly baselineMilliseconds: number;
  /** Mean absolute difference between projected and measured RS where both exist, points. */
  readonly validationError: number | null;
  /** Layouts that the validation rests on. */
  readonly validated: number;
  /** Of the devices that the operations were timed on. */
  readonly hardware: Hardware;
  /** Share of the layout's time that was not measured but estimated from similar operations, 0 … 1. */
  readonly estimatedShare: number;
  /** Share of the cores' time that others took while the operations were timed, 0 … 1; null where unknown. */
  readonly otherLoad: number | null;
}

/** Equal for equal projections: the job with the operations' times, and the two steps that are compared. */
export const projectionKey = ({ cell, network, layout, baseline, batch }: Omit<ProjectionPlan, 'skipped'>): string =>
  [cell, network.key, layout.text, baseline.network.key, baseline.layout.text, batch].join(' | ');

/** Half of a 95 % interval over the mean absolute value of a normal error. */
const armOfMeanError = 1.96 * Math.sqrt(Math.PI / 2);

/** As far as projections were off where they could be checked; null where they never were. */
export function projectionInterval({
  percent,
  validationError,
}: Pick<Projection, 'percent' | 'validationError'>): Interval | null {
  if (validationError === null) return null;
  const arm = armOfMeanError * validationError;
  return { low: percent - arm, high: percent + arm };
}

/** Said where it could matter. */
const estimated = ({ estimatedShare: share }: Projection): string =>
  share < 0.01 ? '' : ` (${Math.round(100 * share)} % of its time estimated from similar operations)`;

/** @param job id of the job with the operations' times */
export function projectedQuantity(
  metric: MetricFacts,
  projection: Projection,
  job: string,
  printed: Printed | null,
): Quantity {
  const { hardware, otherLoad, percent, validated, validationError: error } = projection;
  const checked =
    error === null
      ? 'without an interval, for it was not validated on this machine: npm run reproduce -- validate-projection does that'
      : `mean error ${error.toFixed(1)} points over ${validated} layouts measured here, whence the interval`;
  const interval = projectionInterval(projection);
  return quantity({
    metric,
    provenance: 'projected',
    value: percent,
    interval,
    intervalOver: interval ? 'projection' : null,
    printed,
    jobs: [job],
    hardware,
    notes: [
      `Projected from op times measured on ${hardware.model}${estimated(projection)}; ${checked}.`,
      ...disturbance(otherLoad),
    ],
  });
}
