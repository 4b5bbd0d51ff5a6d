import type { StepProfile } from '../../engine/step-graph.js';

/**
 * Seconds each logical device was busy in the shortest profiled step, then that step's span: `devices + 1` numbers.
 * Overlapping operations of one device (a GPU's streams) count once.
 */
export function busySecondsOf(profile: StepProfile): number[] {
  const shortest = profile.span.indexOf(Math.min(...profile.span));
  const start = profile.start[shortest];
  const duration = profile.duration[shortest];
  const span = profile.span[shortest];
  if (!start || !duration || span === undefined) throw new Error('Internal error: a profile without a step');

  const busy = Array.from({ length: profile.graph.devices }, (_, device) => {
    const intervals = profile.graph.operations
      .flatMap((operation, index) => {
        const from = start[index] ?? Number.NaN;
        const to = from + (duration[index] ?? Number.NaN);
        // NaN: TensorFlow did not tell of this one (a constant, say).
        return operation.device === device && !Number.isNaN(to) ? [{ from, to }] : [];
      })
      .sort((a, b) => a.from - b.from);
    let total = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (const { from, to } of intervals) {
      total += Math.max(0, to - Math.max(from, end));
      end = Math.max(end, to);
    }
    return total;
  });
  return [...busy, span].map((microseconds) => microseconds / 1e6);
}
