/** From profiles of whole steps to what a projection needs of them. */
import type { StepProfile } from '../../engine/step-graph.js';
import { bytesMoved } from '../../engine/step-properties.js';
import { Problem } from '../../core/problem.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { requireSameHardware } from './costs.js';
import { machineEffects } from '../machine-effects.js';
import { measuredCosts } from './measured-costs.js';
import { quantile } from './quantile.js';
import { operationKey } from './operation-key.js';
import { usesOneDevice } from '../schedule/one-device.js';

/**
 * Times of operations from the steps that ran on one device, and from the others what several devices do to each other.
 * Without a step on one device alone, those on several are better than nothing.
 * @throws Problem COSTS_MIXED for profiles of different hardware, PROFILE_EMPTY for one without steps.
 */
export function operationTimes(profiles: readonly StepProfile[]): OperationTimes {
  const [first] = profiles;
  if (first === undefined || profiles.some(({ duration }) => duration.length === 0))
    throw new Problem('PROFILE_EMPTY', 'A profile without steps has no operation times', 'Profile at least one step.');
  for (const { hardware } of profiles) requireSameHardware(first.hardware, hardware);
  const alone = profiles.filter(({ graph }) => usesOneDevice(graph));
  const several = profiles.filter(({ graph }) => !usesOneDevice(graph));
  const { kind, model } = first.hardware;
  const times: OperationTimes = {
    hardware: { kind, model },
    operations: operationsOf(alone.length > 0 ? alone : profiles),
    ...overheadsOf(alone),
    ...unmatchedShareOf(profiles),
    effects: null,
  };
  if (several.length === 0) return times;
  const { stretch, latency, bandwidth } = machineEffects(measuredCosts([times]), several);
  return {
    ...times,
    effects: {
      stretch: Object.fromEntries(Object.entries(stretch)),
      latency,
      bandwidth: Number.isFinite(bandwidth) ? bandwidth : null,
    },
  };
}

type Operation = OperationTimes['operations'][number];

function operationsOf(profiles: readonly StepProfile[]): Operation[] {
  const steps = Math.min(...profiles.map(({ duration }) => duration.length));
  const found = new Map<string, Omit<Operation, 'count' | 'times'> & { rows: number[][] }>();
  for (const { graph, duration } of profiles)
    for (const [index, operation] of graph.operations.entries()) {
      const signature = operationKey(graph, operation);
      const { type, flops } = operation;
      const known = found.get(signature) ?? { signature, type, bytes: bytesMoved(operation), flops, rows: [] };
      found.set(signature, known);
      const taken = Float64Array.from(duration.map((step) => step[index] ?? NaN).filter((time) => time >= 0));
      // Operations that TensorFlow removed or folded have no time: they cost nothing.
      known.rows.push(
        Array.from({ length: steps }, (_, step) => quantile(taken, steps === 1 ? 0 : step / (steps - 1))),
      );
    }
  return [...found.values()].map(({ rows, ...operation }) => ({
    ...operation,
    count: rows.length,
    // The mean of sorted times keeps every quantile that a mean over the operations would give.
    times: Array.from({ length: steps }, (_, step) => nanoseconds(mean(rows.map((row) => row[step] ?? 0)))),
  }));
}

/** Kernels of a GPU that TensorFlow ran for no operation that is known. */
function unmatchedShareOf(profiles: readonly StepProfile[]): Pick<OperationTimes, 'unmatchedShare'> {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const unmatched = sum(profiles.map((profile) => sum(profile.unmatched ?? [])));
  const matched = sum(
    profiles.flatMap(({ duration }) => duration.map((times) => sum([...times].filter((time) => time >= 0)))),
  );
  return unmatched > 0 ? { unmatchedShare: unmatched / (unmatched + matched) } : {};
}

/** What a step costs beyond its operations; it can be told only where nothing waits for another device. */
function overheadsOf(profiles: readonly StepProfile[]): Pick<OperationTimes, 'beyond' | 'gaps'> {
  const beyond: number[] = [];
  const gaps: number[] = [];
  for (const { start, duration, span } of profiles)
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
      beyond.push(nanoseconds(Math.max(0, whole - (last - first))));
      gaps.push(nanoseconds(Math.max(0, (last - first - busy) / (run - 1))));
    }
  return { beyond, gaps };
}

/** No clock tells more, and short numbers keep results short. */
const nanoseconds = (time: number): number => Math.round(1000 * time) / 1000;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
