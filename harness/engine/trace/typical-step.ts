/** One step out of a profile, for whatever shows it. */
import type { StepOperation, StepProfile } from '../step-graph.js';
import { drawnKindOf, type DrawnKind } from './drawn-kind.js';

/** An operation as it ran; microseconds from the step's start. */
export interface RanOperation {
  readonly operation: StepOperation;
  readonly start: number;
  readonly duration: number;
  readonly kind: DrawnKind;
}

/** Operations of the step whose span is the median, so that no outlier stands for the rest; those that did not run are left out. */
export function typicalStep(profile: StepProfile): RanOperation[] {
  const order = profile.span.map((span, index) => ({ span, index })).sort((a, b) => a.span - b.span);
  const middle = order[Math.floor((order.length - 1) / 2)];
  const start = middle && profile.start[middle.index];
  const duration = middle && profile.duration[middle.index];
  if (start === undefined || duration === undefined) throw new Error('Internal error: a profile without steps');
  return profile.graph.operations.flatMap((operation, index): RanOperation[] => {
    const [began, took] = [start[index] ?? NaN, duration[index] ?? NaN];
    return began >= 0 && took >= 0 ? [{ operation, start: began, duration: took, kind: drawnKindOf(operation) }] : [];
  });
}
