/** The A/A control of a timing: the baseline compared with itself, which must come to 0 within its interval. */
import { relativeSpeedUp, type SpeedUp, type TimedSteps } from '../../core/statistics.js';
import { stepsBefore } from './turns.js';

/**
 * RS of the baseline's steps after the other rows against those before them, of every second round the other way round, so
 * that a machine that slows down steadily does not show. Null where no round has two steps.
 */
export function controlOf(baseline: TimedSteps): SpeedUp | null {
  const halves = { reference: emptySteps(), compared: emptySteps() };
  for (const round of new Set(baseline.rounds)) {
    const steps = baseline.milliseconds.filter((_, step) => baseline.rounds[step] === round);
    if (steps.length < 2) continue;
    const before = stepsBefore(round, steps.length);
    const [early, late] = [steps.slice(0, before), steps.slice(before)];
    add(halves.reference, round, round % 2 === 0 ? early : late);
    add(halves.compared, round, round % 2 === 0 ? late : early);
  }
  return halves.reference.rounds.length === 0 ? null : relativeSpeedUp(halves.reference, halves.compared);
}

/** Whether the control shows a difference where there is none. */
export const isOff = ({ interval }: SpeedUp): boolean => interval !== null && (interval.low > 0 || interval.high < 0);

const emptySteps = () => ({ milliseconds: [] as number[], rounds: [] as number[] });

function add(steps: ReturnType<typeof emptySteps>, round: number, milliseconds: readonly number[]): void {
  steps.milliseconds.push(...milliseconds);
  steps.rounds.push(...milliseconds.map(() => round));
}
