/** One run: steps through an arm's stages until an end point is reached or the steps run out. */
import { isCaught, type EndPoint } from './end-points.js';
import type { Arm, Stage } from './arms.js';
import type { ReducedPoint } from './reduced-point.js';

/** Something that descends; `point` says where it is. */
export interface Descending {
  readonly point: ReducedPoint;
  step(rateA: number, rateV: number): void;
}

export interface DescentOptions {
  readonly arm: Arm;
  /** At most. */
  readonly steps: number;
  /** The teacher is found where the loss is below this share of `||a*||^2`. */
  readonly tolerance: number;
  /** Exact runs go on after they were caught, to see them arrive. */
  readonly pastCaught?: boolean;
}
export const defaultTolerance = 1e-4;

export interface RunEnd {
  readonly end: EndPoint;
  /** Steps taken. */
  readonly steps: number;
}

/** Sufficient decrease (Armijo; Nocedal and Wright, "Numerical Optimization", 3.1). */
const sufficientDecrease = 1e-4;
/** Cycles of up to this many steps are recognised. */
const lastSteps = 10;
/** A layer has converged where its gradient, in units of the teacher's, is below this. */
const convergedGradient = 1e-3;

/**
 * Runs to an end. `exact` says that steps follow the population gradient: then what is caught stays caught and the run ends
 * there. Sampled steps may still escape, so they go on, and being caught counts at the end only; their losses rise now and
 * then, so they are unstable where the loss ends above its start. `observe` is called at the start and after each step.
 */
export function descend(
  descending: Descending,
  { arm, steps, tolerance, pastCaught = false }: DescentOptions,
  exact: boolean,
  observe: (step: number) => void = () => undefined,
): RunEnd {
  const { point } = descending;
  const { squaredNorm } = point.teacher;
  const largestRateA = Math.max(...arm.stages.map(({ rateA }) => rateA));
  const firstLoss = point.loss;
  const goal = tolerance * squaredNorm;
  let stageIndex = 0;
  let stageStart = 0;
  let stage = stageAt(arm, stageIndex);
  let raised = false;
  observe(0);
  for (let step = 0; step < steps; step++) {
    if (point.loss < goal) return { end: 'global', steps: step };
    if (exact && !pastCaught && isCaught(point, largestRateA)) return { end: 'spurious', steps: step };
    if (!Number.isFinite(point.loss)) return { end: 'unstable', steps: step };
    if (stage.until === 'converged' ? hasConverged(point, stage) : step - stageStart === stage.until) {
      stage = stageAt(arm, ++stageIndex);
      stageStart = step;
    }
    if (exact && step >= steps - lastSteps) raised ||= !lowersLoss(descending, stage);
    else descending.step(stage.rateA, stage.rateV);
    observe(step + 1);
  }
  if (point.loss < goal) return { end: 'global', steps };
  if (isCaught(point, largestRateA)) return { end: 'spurious', steps };
  const unstable = exact ? raised : !(point.loss <= firstLoss);
  return { end: unstable ? 'unstable' : 'unfinished', steps };
}

function stageAt({ stages }: Arm, index: number): Stage {
  const stage = stages[index % stages.length];
  if (!stage) throw new Error('Internal error: an arm without stages');
  return stage;
}

function hasConverged(point: ReducedPoint, { rateA, rateV }: Stage): boolean {
  const { norm, squaredNorm } = point.teacher;
  const ofA = rateA === 0 || point.squaredGradientOfA < (convergedGradient * norm) ** 2;
  const ofV = rateV === 0 || Math.abs(point.gradientOfAngle) < convergedGradient * squaredNorm;
  return ofA && ofV;
}

/** Takes a step; whether the loss fell as a stable step makes it fall. */
function lowersLoss(descending: Descending, { rateA, rateV }: Stage): boolean {
  const { point } = descending;
  const before = point.loss;
  const firstOrder = rateA * point.squaredGradientOfA + rateV * point.gradientOfAngle ** 2;
  descending.step(rateA, rateV);
  const rounding = 1e-14 * before;
  return before - point.loss >= sufficientDecrease * firstOrder - rounding;
}
