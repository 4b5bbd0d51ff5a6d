/** Operation costs from steps on this machine: an operation costs what operations of its type and shapes took. */
import type { StepGraph, StepOperation } from '../../engine/step-graph.js';
import { bytesMoved } from '../../engine/step-properties.js';
import { Problem } from '../../core/problem.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { atOneSpeed } from './at-one-speed.js';
import { requireSameHardware, type CostTable, type Hardware, type Price } from './costs.js';
import { kindOf } from '../../engine/operation-kind.js';
import { operationKey } from './operation-key.js';

/** All that is known of one signature: the times of each source, with the number of operations behind them. */
interface Samples {
  readonly type: string;
  readonly bytes: number;
  readonly flops: number;
  readonly rows: { readonly times: Float64Array; readonly count: number }[];
}

/**
 * A cost table from what was measured of one machine. An operation's time is the shortest of its steps, since whatever else
 * the machine does makes it longer; a signature's price is the mean over the operations that share it.
 * @throws Problem COSTS_MIXED for times of different hardware, PROFILE_EMPTY without any.
 */
export function measuredCosts(measured: readonly OperationTimes[]): CostTable {
  const [first] = measured;
  if (first === undefined)
    throw new Problem('PROFILE_EMPTY', 'There are no operation times', 'Profile at least one step.');
  for (const { hardware } of measured) requireSameHardware(first.hardware, hardware);
  const comparable = atOneSpeed(measured);
  const samples = new Map<string, Samples>();
  for (const { operations } of comparable) {
    for (const { signature, type, bytes, flops, count, times } of operations) {
      const known = samples.get(signature) ?? { type, bytes, flops, rows: [] };
      samples.set(signature, known);
      known.rows.push({ times: Float64Array.from(times), count });
    }
  }
  const overhead: Overhead = {
    fixed: shortest(comparable.flatMap(({ beyond }) => beyond)),
    perOperation: shortest(comparable.flatMap(({ gaps }) => gaps)),
  };
  const steps = Math.min(...[...samples.values()].flatMap(({ rows }) => rows.map(({ times }) => times.length)));
  return tableOf(first.hardware, samples, steps, overhead, (times) => Math.min(...times));
}

/** 0 where there are none. */
const shortest = (times: readonly number[]): number => (times.length === 0 ? 0 : Math.min(...times));

/** One time for an operation, from those of its steps. */
type Summary = (times: Float64Array) => number;

function tableOf(
  hardware: Hardware,
  samples: ReadonlyMap<string, Samples>,
  steps: number,
  overhead: Overhead,
  summary: Summary,
): CostTable {
  const prices = new Map<string, number>();
  const byType = new Map<string, { bytes: number; flops: number; microseconds: number }[]>();
  for (const [signature, { type, bytes, flops, rows }] of samples) {
    const operations = rows.reduce((sum, { count }) => sum + count, 0);
    const microseconds = rows.reduce((sum, { times, count }) => sum + count * summary(times), 0) / operations;
    prices.set(signature, microseconds);
    const list = byType.get(type) ?? [];
    byType.set(type, list);
    list.push({ bytes, flops, microseconds });
  }
  return {
    hardware,
    source: `measured over ${steps} steps`,
    fixedPerStep: overhead.fixed,
    price: (graph: StepGraph, operation: StepOperation): Price => {
      const known = prices.get(operationKey(graph, operation));
      const microseconds = known ?? estimate(operation, byType.get(operation.type) ?? [...byType.values()].flat());
      return { microseconds: microseconds + overhead.perOperation, estimated: known === undefined };
    },
    redrawn: (draw) =>
      tableOf(hardware, samples, steps, overhead, (times) =>
        Math.min(...times.map(() => times[Math.floor(draw() * times.length)] ?? 0)),
      ),
  };
}

/** From the measured operation nearest in size, scaled by FLOPs where there are any, else by bytes. */
function estimate(
  operation: StepOperation,
  measured: readonly { bytes: number; flops: number; microseconds: number }[],
): number {
  // It moves no data, whatever its size.
  if (kindOf(operation.type) === 'free') return 0;
  const size = ({ flops, bytes }: { flops: number; bytes: number }) => (operation.flops > 0 ? flops : bytes);
  const wanted = size({ flops: operation.flops, bytes: bytesMoved(operation) });
  let best = { distance: Infinity, microseconds: 0 };
  for (const candidate of measured) {
    const known = size(candidate);
    if (!(known > 0) || !(wanted > 0)) continue;
    const distance = Math.abs(Math.log(known / wanted));
    if (distance < best.distance) best = { distance, microseconds: (candidate.microseconds * wanted) / known };
  }
  return best.microseconds;
}

interface Overhead {
  /** Before the first and after the last operation. */
  readonly fixed: number;
  /** Between one operation and the next on a device that never waits for another. */
  readonly perOperation: number;
}
