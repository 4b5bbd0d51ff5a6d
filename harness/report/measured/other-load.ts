/** Whether others took so much of the cores' time, as a share 0 … 1, that step times are not those of the machine alone. */
export const isDisturbing = (otherLoad: number | null): otherLoad is number => otherLoad !== null && otherLoad > 0.05;
