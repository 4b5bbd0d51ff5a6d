/** The way of a run through the phase plane, for a figure of the angle against `a.a*`. */
import { runOnce, type TrialOptions } from './trials.js';
import type { RunEnd } from './descend.js';

export interface TrajectoryPoint {
  readonly step: number;
  /** Between `v` and `v*`, radians. */
  readonly angle: number;
  /** `a.a*`. */
  readonly projection: number;
  readonly loss: number;
}

export interface Trajectory extends RunEnd {
  readonly points: readonly TrajectoryPoint[];
}

/**
 * Run `run` of `options`, with a point wherever it has moved by `spacing` since the last one: in angle / pi or in
 * `a.a* / ||a*||^2`. Start and end are always there; a run to the spurious point is followed until the steps run out.
 */
export function recordTrajectory(options: Omit<TrialOptions, 'trials'>, run: number, spacing = 0.01): Trajectory {
  const points: TrajectoryPoint[] = [];
  let current: TrajectoryPoint | undefined;
  const { squaredNorm } = options.teacher;
  const end = runOnce({ ...options, pastCaught: true }, run, ({ angle, projection, loss }, step) => {
    current = { step, angle, projection, loss };
    const last = points.at(-1);
    const moved =
      last === undefined ||
      Math.max(Math.abs(angle - last.angle) / Math.PI, Math.abs(projection - last.projection) / squaredNorm) >= spacing;
    if (moved) points.push(current);
  });
  if (current && current !== points.at(-1)) points.push(current);
  return { ...end, points };
}
