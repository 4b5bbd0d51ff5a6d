import type { StepProfile } from '../step-graph.js';

/** The profiled step whose span is the median: no outlier stands for the rest. */
export function typicalStep(profile: StepProfile): { start: Float64Array; duration: Float64Array; span: number } {
  const order = profile.span.map((span, index) => ({ span, index })).sort((a, b) => a.span - b.span);
  const middle = order[Math.floor((order.length - 1) / 2)];
  const start = middle && profile.start[middle.index];
  const duration = middle && profile.duration[middle.index];
  if (middle === undefined || start === undefined || duration === undefined)
    throw new Error('Internal error: a profile without steps');
  return { start, duration, span: middle.span };
}
