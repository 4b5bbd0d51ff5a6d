/** How busy devices were in a profiled step. */
import type { StepProfile } from '../../engine/step-graph.js';

/**
 * Seconds each logical device was busy in the shortest profiled step, then that step's span: `devices + 1` numbers.
 * Overlapping operations of one device (a GPU's streams) count once.
 */
export function busySecondsOf(profile: StepProfile): number[] {
  const { step, span } = shortestStep(profile);
  const busy = Array.from({ length: profile.graph.devices }, (_, device) =>
    covered(intervalsOf(profile, step, (on) => on === device)),
  );
  return [...busy, span].map((microseconds) => microseconds / 1e6);
}

/**
 * The share of a step, 0 … 1, during which any GPU computed: kernels of the shortest profiled step over the time of a step that
 * was not profiled. The rest of the step the cards wait for the threads that start kernels, for copies, or for each other.
 */
export function busyShareOf(profile: StepProfile, stepMilliseconds: number): number {
  const { step } = shortestStep(profile);
  const busy = covered(intervalsOf(profile, step, () => true));
  return Math.min(1, busy / 1000 / stepMilliseconds);
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

function shortestStep({ span, start }: StepProfile): { readonly step: number; readonly span: number } {
  const step = span.indexOf(Math.min(...span));
  const shortest = span[step];
  if (shortest === undefined || start[step] === undefined) throw new Error('Internal error: a profile without a step');
  return { step, span: shortest };
}

/** When operations of some devices ran, ascending, microseconds. */
function intervalsOf(
  { graph, start, duration }: StepProfile,
  step: number,
  wanted: (device: number) => boolean,
): Interval[] {
  return graph.operations
    .flatMap(({ device }, index) => {
      const from = start[step]?.[index] ?? Number.NaN;
      const to = from + (duration[step]?.[index] ?? Number.NaN);
      // NaN: TensorFlow did not tell of this one (a constant, say).
      return wanted(device) && !Number.isNaN(to) ? [{ from, to }] : [];
    })
    .sort((a, b) => a.from - b.from);
}

function covered(intervals: readonly Interval[]): number {
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of intervals) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}
