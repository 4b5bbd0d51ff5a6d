/** Load of other processes while something was timed. */

/** Whether others took so much of the cores' time, as a share 0 … 1, that step times are not those of the machine alone. */
export const isDisturbing = (otherLoad: number | null): otherLoad is number => otherLoad !== null && otherLoad > 0.05;

/** A footnote where the load matters, in steps of 5 %, so that places share it. */
export const disturbance = (otherLoad: number | null): string[] =>
  isDisturbing(otherLoad)
    ? [`Other processes took about ${5 * Math.round(20 * otherLoad)} % of the cores while this was timed.`]
    : [];
