/** The four ways of training that are compared (facts.md, "Arms"). */
import { Problem } from '../../../harness/core/problem.js';

/** Rates that hold for a number of steps, until the layers that move have converged, or to the end. */
export interface Stage {
  readonly rateA: number;
  readonly rateV: number;
  readonly until: number | 'converged' | 'end';
}

export interface Arm {
  /** Where `v` starts: uniformly on the sphere, or at the shortcut (`w = 0`). */
  readonly start: 'random' | 'shortcut';
  /** In turn; after the last one the first comes again. */
  readonly stages: readonly Stage[];
}

export const armNames = ['plain', 'constant-rates', 'warm-up', 'layer-wise'] as const;
export type ArmName = (typeof armNames)[number];

/** During warm-up `v` has this share of the rate of `a`. */
export const warmUpShare = 0.02;
/** Warm-up takes this number divided by the rate of `a` in steps. */
export const warmUpTime = 8;

const positive = (name: string, value: number): number => {
  if (value > 0 && value < Infinity) return value;
  throw new Problem('RATE_IMPOSSIBLE', `${name} = ${value}`, 'A positive number.');
};

/**
 * No shortcut, one rate for both layers.
 * @throws Problem RATE_IMPOSSIBLE
 */
export function plain(rate: number): Arm {
  positive('rate', rate);
  return { start: 'random', stages: [{ rateA: rate, rateV: rate, until: 'end' }] };
}

/**
 * Shortcut; `v` learns rho times as fast as `a` (rates 1 and 1 / rho): from the first step (`constant-rates`), after a
 * warm-up in which `a` learns nearly alone, or never in the same step as `a` (`layer-wise`).
 * @throws Problem RATE_IMPOSSIBLE
 */
export function withShortcut(name: Exclude<ArmName, 'plain'>, rho: number): Arm {
  const rateA = 1 / positive('rho', rho);
  const together: Stage = { rateA, rateV: 1, until: 'end' };
  const stages: Record<typeof name, readonly Stage[]> = {
    'constant-rates': [together],
    'warm-up': [{ rateA, rateV: warmUpShare * rateA, until: Math.ceil(warmUpTime / rateA) }, together],
    'layer-wise': [
      { rateA, rateV: 0, until: 'converged' },
      { rateA: 0, rateV: 1, until: 'converged' },
    ],
  };
  return { start: 'shortcut', stages: stages[name] };
}

/** Steps that let every run of an arm end: the slowest part of `a` shrinks by e in 2 pi / ((pi - 1) rate_a) steps. */
export function enoughSteps(arm: Arm): number {
  const slowest = Math.min(...arm.stages.map(({ rateA }) => rateA).filter((rate) => rate > 0));
  return Math.ceil(2500 + 60 / slowest);
}
