/** Takes jobs back: those that wait leave the queue, those that run are asked for a checkpoint or ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueJob } from '../../store/lease.js';
import { SlurmAway, type SlurmCommands } from './commands.js';
import type { JobTable } from './queue/job-table.js';
import { hasEnded, isRunning } from './queue/queue-answer.js';
import { signals } from './node/tasks.js';

const longestPause = 60;

/** Tries until Slurm has heard it. @throws Problem SLURM_MISSING, SLURM_REFUSED */
export async function cancelJobs(
  jobs: readonly QueueJob[],
  how: 'gracefully' | 'at once',
  commands: SlurmCommands,
  table: JobTable,
): Promise<void> {
  for (let pause = 1; ; pause = Math.min(longestPause, pause * 2)) {
    try {
      await table.refresh();
      const there = jobs.flatMap((job) => {
        const sighting = table.find(job);
        return typeof sighting === 'string' || hasEnded(sighting.job) ? [] : [sighting.job];
      });
      const polite = how === 'gracefully' ? there.filter(isRunning) : [];
      const ids = (list: typeof there) => list.map(({ id }) => id);
      const rest = there.filter((job) => !polite.includes(job));
      if (rest.length > 0) await commands.run('scancel', ids(rest));
      if (polite.length > 0)
        await commands.run('scancel', ['--batch', `--signal=${signals.cancel.slice(3)}`, ...ids(polite)]);
      return;
    } catch (error) {
      if (!(error instanceof SlurmAway)) throw error;
      await sleep(pause * 1000);
    }
  }
}
