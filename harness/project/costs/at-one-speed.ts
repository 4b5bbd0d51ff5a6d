/** Brings operation times that were measured one after the other to one speed of the machine. */
import type { OperationTimes } from '../../kinds/operations/operation-times.js';

/** Operations that both have must take at least this share of the time, or they say too little of the rest. */
const enough = 0.25;

/**
 * A machine may run at another speed when the next job measures: the operations that networks share (convolutions of one
 * width, for instance) tell how much. Times are scaled to the speed of the first measurement.
 */
export function atOneSpeed(measured: readonly OperationTimes[]): OperationTimes[] {
  const [first] = measured;
  if (first === undefined) return [];
  const reference = new Map(first.operations.map(({ signature, times }) => [signature, shortest(times)]));
  return measured.map((own) => {
    const factor = own === first ? 1 : speedRatio(reference, own);
    const scaled = (times: readonly number[]): number[] => times.map((time) => factor * time);
    return {
      ...own,
      operations: own.operations.map((operation) => ({ ...operation, times: scaled(operation.times) })),
      beyond: scaled(own.beyond),
      gaps: scaled(own.gaps),
    };
  });
}

/** How many times as long as in `own` the shared operations take in the reference. */
function speedRatio(reference: ReadonlyMap<string, number>, { operations }: OperationTimes): number {
  let [all, shared, there] = [0, 0, 0];
  for (const { signature, count, times } of operations) {
    const here = count * shortest(times);
    const other = reference.get(signature);
    all += here;
    if (other === undefined) continue;
    shared += here;
    there += count * other;
  }
  return shared >= enough * all && shared > 0 && there > 0 ? there / shared : 1;
}

const shortest = (times: readonly number[]): number => Math.min(...times);
