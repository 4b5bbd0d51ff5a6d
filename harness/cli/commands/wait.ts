/** `reproduce wait [tables…]`: until nothing of it runs or is queued, whoever started it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunState } from '../../store/state.js';
import { exitCodes } from '../../core/exit-codes.js';
import type { Surroundings } from '../../run/surroundings.js';
import { command } from '../command.js';
import { experimentOptions, tables, type ExperimentArguments } from '../options/options.js';
import { runsAsked } from '../runs-asked.js';

const localPollSeconds = 1;

export const waitCommand = command({ positionals: tables, options: experimentOptions, run: waitForRuns });

/** 0 where all that was begun is done, 2 where something failed or was interrupted, 130 on Ctrl-C. */
async function waitForRuns(args: ExperimentArguments, surroundings: Surroundings): Promise<number> {
  const { store, ids, cluster } = await runsAsked(args, surroundings);
  const stop = new AbortController();
  const interrupt = () => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const seconds = cluster ? Math.max(localPollSeconds, cluster.site.pollSeconds) : localPollSeconds;
    for (;;) {
      const states = ids().map((id) => [id, store.state(id)] as const);
      if (!states.some(([, state]) => state === 'running')) return finish(states, store, args, surroundings);
      await sleep(seconds * 1000, undefined, { signal: stop.signal });
    }
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function finish(
  states: readonly (readonly [string, RunState])[],
  store: { settle(id: string): void },
  { json }: ExperimentArguments,
  { output }: Surroundings,
): number {
  for (const [id, state] of states) if (state === 'done') store.settle(id);
  const count = (wanted: RunState) => states.filter(([, state]) => state === wanted).length;
  const [done, failed, interrupted] = [count('done'), count('failed'), count('interrupted')];
  const exitCode = failed + interrupted > 0 ? exitCodes.failed : exitCodes.done;
  const hint = exitCode === exitCodes.done ? '' : '; `npm run reproduce -- status` says why';
  output.write(
    json
      ? `${JSON.stringify({ exitCode, done, failed, interrupted })}\n`
      : `${done} done, ${failed} failed, ${interrupted} interrupted${hint}.\n`,
  );
  return exitCode;
}
