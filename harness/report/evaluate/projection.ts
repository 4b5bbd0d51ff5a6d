/** A projected speed-up as a number of a table: its interval, and what its footnote says. */
import { isDisturbing } from '../measured/other-load.js';
import type { Interval } from '../measured/statistics.js';
import { quantity, type Printed, type Quantity } from './quantity.js';

/** An RS worked out by the simulator where the machine lacks the devices. */
export interface Projection {
  /** Percent. */
  readonly percent: number;
  /** Mean absolute difference between projected and measured RS where both exist, points. */
  readonly validationError: number | null;
  /** Layouts that the validation rests on. */
  readonly validated: number;
  readonly hardware: string;
  /** Share of the layout's time that was not measured but estimated from similar operations, 0 … 1. */
  readonly estimatedShare: number;
  /** Share of the cores' time that others took while the operations were timed, 0 … 1; null where unknown. */
  readonly otherLoad: number | null;
}

/** Said where it matters: step times of a busy machine are not those of the machine alone. In steps of 5 %, to share footnotes. */
export const disturbance = (otherLoad: number | null): string[] =>
  isDisturbing(otherLoad)
    ? [`Other processes took about ${5 * Math.round(20 * otherLoad)} % of the cores while this was timed.`]
    : [];

/** Half of a 95 % interval over the mean absolute value of a normal error. */
const armOfMeanError = 1.96 * Math.sqrt(Math.PI / 2);

/** As far as projections were off where they could be checked; null where they never were. */
function projectionInterval({ percent, validationError }: Projection): Interval | null {
  if (validationError === null) return null;
  const arm = armOfMeanError * validationError;
  return { low: percent - arm, high: percent + arm };
}

/** Said where it could matter. */
const estimated = ({ estimatedShare: share }: Projection): string =>
  share < 0.01 ? '' : ` (${Math.round(100 * share)} % of its time estimated from similar operations)`;

export function projectedQuantity(projection: Projection, printed: Printed | null): Quantity {
  const error = projection.validationError;
  const validated =
    error === null
      ? 'without an interval, for it was not validated on this machine: npm run reproduce -- validate-projection does that'
      : `mean error ${error.toFixed(1)} points over ${projection.validated} layouts measured here, whence the interval`;
  const interval = projectionInterval(projection);
  return quantity({
    metric: 'rs',
    provenance: 'projected',
    value: projection.percent,
    interval,
    intervalOver: interval ? 'projection' : null,
    printed,
    notes: [
      `Projected from op times measured on ${projection.hardware}${estimated(projection)}; ${validated}.`,
      ...disturbance(projection.otherLoad),
    ],
  });
}
