/** Lets one process at a time do a thing that is kept in a folder. */
import { withLock } from '../../bootstrap/lock.mjs';
import { systemProblem } from '../../harness/core/system-problem.js';
import { elsewhere } from '../elsewhere.js';

export interface Exclusively {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, where another process is at it: whom it waits for, and since when. */
  readonly notice?: ((text: string) => void) | undefined;
}

/**
 * Runs `work` while no one else runs theirs under the same `lock` path; waits for its turn.
 * @param what `downloading x.tar.gz`
 * @throws AbortError; Problem where no lock file can be
 */
export async function exclusively<T>(
  lock: string,
  what: string,
  work: () => Promise<T>,
  { signal, notice = (text) => void process.stderr.write(`${text}\n`) }: Exclusively = {},
): Promise<T> {
  const state = { begun: false };
  try {
    return await withLock(
      lock,
      (owner) => notice(`waiting for another process that is ${what} (process ${owner})`),
      async () => {
        state.begun = true;
        return await work();
      },
      signal,
    );
  } catch (error) {
    throw state.begun ? error : systemProblem(error, { path: lock, doing: 'lock', elsewhere });
  }
}
