/** A projected speed-up as a number of a table: its interval, and what its footnote says. */
import type { Printed } from '../../plan/paper/printed.js';
import { projectionKey, type Projection } from '../../project/projections.js';
import { disturbance } from '../measured/other-load.js';
import { studentQuantile, type Interval } from '../../core/statistics.js';
import { counted } from '../words.js';
import { quantity, type MetricFacts, type Quantity } from './quantity.js';

export { projectionKey, type Projection };

/**
 * Half of a 95 % interval over the mean absolute value of so many normal errors around 0. Few errors say little of the next:
 * Student's t widens theirs.
 */
const armOfMeanError = (errors: number): number => studentQuantile(errors) * Math.sqrt(Math.PI / 2);

/** As far as projections were off where they could be checked; null where they never were. */
export function projectionInterval({
  percent,
  validationError,
  validated,
}: Pick<Projection, 'percent' | 'validationError' | 'validated'>): Interval | null {
  if (validationError === null) return null;
  const arm = armOfMeanError(validated) * validationError;
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
      ? 'without an interval, for no layout was both measured and projected on this machine yet (npm run reproduce -- validate-projection)'
      : `mean error ${error.toFixed(1)} points over ${counted(validated, ['layout', 'layouts'])} measured here, whence the interval`;
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
