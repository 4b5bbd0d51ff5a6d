/** Profiled steps of rows, taken in turns, as far as others leave the cores alone. */
import type { StepProfile } from '../../engine/step-graph.js';
import type { Batch } from '../training/program.js';
import { coresApart, noProbe, type CoreProbe } from './core-probe.js';
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
  /** What the core probe took after it. */
  readonly probe: number;
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
  probe: CoreProbe = noProbe,
): Promise<ProfiledRows | undefined> {
  const taken = new Map<TimedRow, ProfiledStep[]>();
  const start = performance.now();
  const isTimeLeft = (): boolean => performance.now() - start < 1000 * seconds;
  const lacksQuiet = (): boolean => [...quietSteps(taken).values()].some((steps) => steps.length < fewest);
  for (
    let round = 0;
    round < fewest || (round < patience * fewest && lacksQuiet()) || (round < most && isTimeLeft());
    round += 1
  )
    for (const row of inTurns(rows, round)) {
      if (signal.aborted) return undefined;
      const began = performance.now();
      const profile = await row.profile?.(await nextBatch());
      const step = { milliseconds: performance.now() - began, load: otherLoad(), probe: probe.run() };
      if (profile) taken.set(row, [...(taken.get(row) ?? []), { profile, ...step }]);
    }
  const quiet = quietSteps(taken);
  const used = new Map(
    [...taken].map(([row, steps]): [TimedRow, readonly ProfiledStep[]] => {
      const own = quiet.get(row) ?? [];
      return [row, own.length < fewest ? steps : own];
    }),
  );
  const loads = [...used.values()].map((steps) => ({
    milliseconds: steps.map(({ milliseconds }) => milliseconds),
    otherLoads: steps.map(({ load }) => load),
  }));
  return {
    profiles: new Map([...used].map(([row, steps]) => [row, steps.map(({ profile }) => profile)])),
    otherLoad: meanLoad(loads),
  };
}

/** Of each row, the steps during which others left the cores alone, and its host ran them apart from one another. */
function quietSteps(taken: ReadonlyMap<TimedRow, readonly ProfiledStep[]>): Map<TimedRow, ProfiledStep[]> {
  const all = [...taken.values()].flat();
  const apart = coresApart(all.map(({ probe }) => probe));
  const quiet = new Set(all.filter(({ load }, index) => !isDisturbing(load) && apart[index] === true));
  return new Map([...taken].map(([row, steps]) => [row, steps.filter((step) => quiet.has(step))]));
}
