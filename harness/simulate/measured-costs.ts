/** Operation costs from profiles of steps on this machine: an operation costs what operations of its type and shapes took. */
import type { StepGraph, StepOperation, StepProfile } from '../engine/step-graph.js';
import { Problem } from '../problem.js';
import { requireSameHardware, type CostTable, type Price } from './costs.js';
import { bytesMoved, kindOf, operationKey } from './operation-kind.js';

/** Times of all operations with one key: a row an operation, a column a step, microseconds. */
interface Samples {
  readonly type: string;
  readonly bytes: number;
  readonly flops: number;
  readonly rows: Float64Array[];
}

/**
 * A cost table from profiles of one machine. An operation's time is the lower quartile of its steps (a minimum that one
 * lucky step does not decide); a key's price is the mean over the operations that share it.
 * @throws Problem COSTS_MIXED for profiles of different hardware, PROFILE_EMPTY for one without steps.
 */
export function measuredCosts(profiles: readonly StepProfile[]): CostTable {
  const [first] = profiles;
  if (first === undefined || profiles.some((profile) => profile.duration.length === 0))
    throw new Problem('PROFILE_EMPTY', 'A profile without steps has no operation times', 'Profile at least one step.');
  const samples = new Map<string, Samples>();
  for (const profile of profiles) {
    requireSameHardware(first.hardware, profile.hardware);
    collect(profile, samples);
  }
  const steps = Math.min(...profiles.map((profile) => profile.duration.length));
  const overhead = stepOverhead(profiles);
  return tableOf(first, samples, steps, overhead, (rows) => mean(rows.map((row) => quantile(row, 0.25))));
}

function collect(profile: StepProfile, samples: Map<string, Samples>): void {
  for (const [index, operation] of profile.graph.operations.entries()) {
    const key = operationKey(profile.graph, operation);
    const known = samples.get(key) ?? {
      type: operation.type,
      bytes: bytesMoved(operation),
      flops: operation.flops,
      rows: [],
    };
    samples.set(key, known);
    // Operations that TensorFlow removed or folded have no time: they cost nothing.
    const times = profile.duration.map((step) => step[index] ?? NaN).filter((time) => time >= 0);
    known.rows.push(Float64Array.from(times.length === 0 ? [0] : times));
  }
}

type Summary = (rows: readonly Float64Array[]) => number;

function tableOf(
  first: StepProfile,
  samples: ReadonlyMap<string, Samples>,
  steps: number,
  overhead: Overhead,
  summary: Summary,
): CostTable {
  const prices = new Map<string, number>();
  for (const [key, { rows }] of samples) prices.set(key, summary(rows));
  const byType = new Map<string, { bytes: number; flops: number; microseconds: number }[]>();
  for (const [key, { type, bytes, flops }] of samples) {
    const list = byType.get(type) ?? [];
    byType.set(type, list);
    list.push({ bytes, flops, microseconds: prices.get(key) ?? 0 });
  }
  return {
    hardware: first.hardware,
    source: `measured over ${steps} steps`,
    fixedPerStep: overhead.fixed,
    price: (graph: StepGraph, operation: StepOperation): Price => {
      const known = prices.get(operationKey(graph, operation));
      const microseconds = known ?? estimate(operation, byType.get(operation.type) ?? [...byType.values()].flat());
      return { microseconds: microseconds + overhead.perOperation, estimated: known === undefined };
    },
    redrawn: (draw) =>
      tableOf(first, samples, steps, overhead, (rows) =>
        mean(
          rows.map((row) =>
            quantile(
              row.map(() => row[Math.floor(draw() * row.length)] ?? 0),
              0.25,
            ),
          ),
        ),
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

/** Whether all operations of a graph are on one device, however many the engine had. */
export const usesOneDevice = ({ operations }: StepGraph): boolean =>
  operations.every(({ device }) => device === operations[0]?.device);

/** From the profiles of one device, where nothing waits; without one there is no telling overhead from waiting. */
function stepOverhead(profiles: readonly StepProfile[]): Overhead {
  const fixed: number[] = [];
  const gaps: number[] = [];
  for (const { graph, start, duration, span } of profiles) {
    if (!usesOneDevice(graph)) continue;
    for (const [step, starts] of start.entries()) {
      const durations = duration[step];
      const whole = span[step];
      if (durations === undefined || whole === undefined) continue;
      let [first, last, busy, run] = [Infinity, 0, 0, 0];
      for (const [index, begin] of starts.entries()) {
        const time = durations[index] ?? NaN;
        if (!(time >= 0) || !(begin >= 0)) continue;
        first = Math.min(first, begin);
        last = Math.max(last, begin + time);
        busy += time;
        run += 1;
      }
      if (run < 2) continue;
      fixed.push(Math.max(0, whole - (last - first)));
      gaps.push(Math.max(0, (last - first - busy) / (run - 1)));
    }
  }
  return { fixed: quantile(Float64Array.from(fixed), 0.25), perOperation: quantile(Float64Array.from(gaps), 0.25) };
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Linear interpolation between the two nearest; 0 for none. */
export function quantile(values: Float64Array, share: number): number {
  if (values.length === 0) return 0;
  const sorted = values.slice().sort();
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}
