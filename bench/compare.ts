/** Measures several programs on one workload in turns: A B C, C B A, A B C … */
import { Problem } from '../harness/core/problem.js';
import type { TimedSteps } from '../harness/core/statistics.js';
import { inTurns } from '../harness/kinds/timing/turns.js';
import { MeasuredProgram } from './measured-program.js';

/** What can be measured, or why it cannot. */
export type Contestant = { readonly name: string } & (
  { readonly command: (workloadFolder: string) => readonly string[] } | { readonly unavailable: string }
);

export interface Measurement extends TimedSteps {
  readonly name: string;
  readonly parameters: number;
  /** Of the first steps, from the same weights on the same batch; null where not a finite number. */
  readonly losses: readonly (number | null)[];
  readonly peakMemoryBytes: number;
}

export type Outcome = Measurement | { readonly name: string; readonly unavailable: string };

export interface Turns {
  readonly rounds: number;
  readonly stepsPerRound: number;
}

/** Steps whose losses are compared. They are not timed: in the first ones programs still compile and allocate. */
export const comparedSteps = 3;

interface Running {
  readonly name: string;
  readonly program: MeasuredProgram;
  readonly parameters: number;
  readonly losses: (number | null)[];
  readonly milliseconds: number[];
  readonly rounds: number[];
}

/**
 * Starts the contestants one after the other, lets them take turns, and ends them. One that fails drops out with its
 * reason; the others go on.
 */
export async function compare(
  contestants: readonly Contestant[],
  workloadFolder: string,
  { rounds, stepsPerRound }: Turns,
  say: (line: string) => void,
): Promise<Outcome[]> {
  const reasons = new Map<string, string>();
  const measurements = new Map<string, Measurement>();
  let running: Running[] = [];
  /** @returns whether it went well */
  const attempt = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      reasons.set(name, error.message);
      say(`  ${name}: not measured: ${error.message}`);
      running = running.filter((one) => one.name !== name);
      return false;
    }
  };

  try {
    for (const contestant of contestants) {
      const { name } = contestant;
      if ('unavailable' in contestant) {
        reasons.set(name, contestant.unavailable);
        continue;
      }
      const start = performance.now();
      const ready = await attempt(name, async () => {
        const started = await MeasuredProgram.start(contestant.command(workloadFolder));
        const one: Running = { name, ...started, losses: [], milliseconds: [], rounds: [] };
        running.push(one);
        for (let step = 0; step < comparedSteps; step++) one.losses.push((await one.program.step()).loss);
      });
      if (ready) say(`  ${name}: ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
    for (let round = 0; round < rounds; round++)
      for (const one of inTurns(running, round))
        await attempt(one.name, async () => {
          for (let step = 0; step < stepsPerRound; step++) {
            one.milliseconds.push((await one.program.step()).milliseconds);
            one.rounds.push(round);
          }
        });
    for (const one of [...running])
      await attempt(one.name, async () => {
        const peakMemoryBytes = await one.program.end();
        const { name, parameters, losses, milliseconds } = one;
        measurements.set(name, { name, parameters, losses, milliseconds, rounds: one.rounds, peakMemoryBytes });
      });
  } finally {
    for (const { program } of running) program.kill();
  }
  return contestants.map(
    ({ name }) => measurements.get(name) ?? { name, unavailable: reasons.get(name) ?? 'it was not started' },
  );
}
