/** Profiled steps of rows, taken in turns, as far as others leave the cores alone. */
import type { StepProfile } from '../../engine/step-graph.js';
import type { Batch } from '../training/program.js';
import { isDisturbing, otherLoadMeter } from './other-load.js';
import { meanLoad } from '../timing/result.js';
import type { TimedRow } from './rows.js';
import { inTurns } from '../timing/turns.js';

/** How many profiled steps a row runs: at least `fewest`, and up to `most` while `seconds` are not over. */
export interface ProfilingLimits {
  readonly fewest: number;
  readonly most: number;
  readonly seconds: number;
}

export interface ProfiledRows {
  /** A row has none where the engine cannot profile. */
  readonly profiles: ReadonlyMap<TimedRow, readonly StepProfile[]>;
  /** Load of others during these steps, 0 … 1; null where the system does not tell. */
  readonly otherLoad: number | null;
}

interface ProfiledStep {
  readonly profile: StepProfile;
  readonly milliseconds: number;
  readonly load: number | null;
}

/** Where others disturb the steps, this many times `fewest` are taken at most to have `fewest` undisturbed ones. */
const patience = 2;

/** A step a turn. Disturbed steps of a row are left out where it has `fewest` others. Undefined where it was stopped. */
export async function profileInTurns(
  rows: readonly TimedRow[],
  nextBatch: () => Promise<Batch>,
  { fewest, most, seconds }: ProfilingLimits,
  signal: AbortSignal,
  otherLoad: () => number | null = otherLoadMeter(),
): Promise<ProfiledRows | undefined> {
  const taken = new Map<TimedRow, ProfiledStep[]>();
  const start = performance.now();
  const isTimeLeft = (): boolean => performance.now() - start < 1000 * seconds;
  const lacksQuiet = (): boolean => [...taken.values()].some((steps) => steps.filter(isQuiet).length < fewest);
  for (
    let round = 0;
    round < fewest || (round < patience * fewest && lacksQuiet()) || (round < most && isTimeLeft());
    round += 1
  )
    for (const row of inTurns(rows, round)) {
      if (signal.aborted) return undefined;
      const began = performance.now();
      const profile = await row.profile?.(await nextBatch());
      const step = { milliseconds: performance.now() - began, load: otherLoad() };
      if (profile) taken.set(row, [...(taken.get(row) ?? []), { profile, ...step }]);
    }
  const used = new Map([...taken].map(([row, steps]) => [row, stepsThatCount(steps, fewest)]));
  const loads = [...used.values()].map((steps) => ({
    milliseconds: steps.map(({ milliseconds }) => milliseconds),
    otherLoads: steps.map(({ load }) => load),
  }));
  return {
    profiles: new Map([...used].map(([row, steps]) => [row, steps.map(({ profile }) => profile)])),
    otherLoad: meanLoad(loads),
  };
}

const isQuiet = ({ load }: ProfiledStep): boolean => !isDisturbing(load);

function stepsThatCount(steps: readonly ProfiledStep[], fewest: number): readonly ProfiledStep[] {
  const quiet = steps.filter(isQuiet);
  return quiet.length < fewest ? steps : quiet;
}
