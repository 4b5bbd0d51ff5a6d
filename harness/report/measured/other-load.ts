/** Load of other processes while something was timed. */
import { isDisturbing } from '../../kinds/rows/other-load.js';

/** A footnote where the load matters, in steps of 5 %, so that places share it. */
export const disturbance = (otherLoad: number | null): string[] =>
  isDisturbing(otherLoad)
    ? [`Other processes took about ${5 * Math.round(20 * otherLoad)} % of the cores while this was timed.`]
    : [];
