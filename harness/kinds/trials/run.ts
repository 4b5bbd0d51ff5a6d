/** Tries a problem, in the subprocess, and counts how its trials end. */
import { setImmediate as turn } from 'node:timers/promises';
import { problemNamed } from '../../plan/paper/paper.js';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import type { TrialsJob } from './job.js';
import type { TrialsResult } from './result.js';

/** Between looks for a request to stop, milliseconds: a trial may take microseconds, or seconds. */
const usualPause = 100;

/** @param pauseMilliseconds between looks @throws Problem PROBLEM_UNKNOWN, SPECIFICATION_INVALID, and of the instance */
export function runTrials(
  job: TrialsJob,
  context: RunContext,
  pauseMilliseconds = usualPause,
): Promise<Ended<TrialsResult>> {
  const { paper, tell, signal } = context;
  const problem = problemNamed(paper, job.problem);
  return withOpened(
    context,
    // Plain JavaScript: nothing is to be closed.
    async () => ({ tensorflow: 'not used', prepare: await problem.load(), close: async () => undefined }),
    async ({ prepare }): Promise<Ended<TrialsResult>> => {
      tell({ type: 'phase', phase: 'trying' });
      const trial = prepare(job.specification, job.seed);
      const counts = Object.fromEntries(problem.outcomes.map((outcome) => [outcome, 0]));
      let looked = performance.now();
      for (let number = 0; number < job.trials; number++) {
        const outcome = trial(number);
        const before = counts[outcome];
        if (before === undefined) throw new Error(`Internal error: ${problem.name} has no outcome "${outcome}"`);
        counts[outcome] = before + 1;
        if (performance.now() - looked < pauseMilliseconds) continue;
        looked = performance.now();
        // Signals arrive between turns of the event loop.
        await turn();
        if (signal.aborted) return { stoppedAt: 0 };
        tell({ type: 'tried', done: number + 1, trials: job.trials });
      }
      return { measured: { counts, success: problem.success } };
    },
  );
}
