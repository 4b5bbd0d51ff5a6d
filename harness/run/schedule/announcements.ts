/** What a schedule says of one job as it goes. */
import { Problem } from '../../core/problem.js';
import type { Job } from '../../kinds/index.js';
import type { Attempt } from '../local/executor.js';
import type { ScheduleRequest } from './schedule-request.js';

/** That an attempt has started; of one in a queue that it waits there, and that it has started once it has. */
export function tellOfStart(
  job: Job,
  { run, queued }: Attempt,
  devices: string,
  { tell }: Pick<ScheduleRequest, 'tell'>,
): void {
  const started = () => {
    tell({ type: 'started', job, folder: run.folder, attempt: run.lease.attempt, devices });
  };
  if (queued === null) {
    started();
    return;
  }
  tell({ type: 'queued', job, queueJob: queued.name });
  void queued.over.then(started);
}

/** Tells whoever shows results; that they cannot be shown stops no job. */
export async function tellOfResult(
  job: Job,
  { onResult, tell }: Pick<ScheduleRequest, 'onResult' | 'tell'>,
): Promise<void> {
  try {
    await onResult?.(job);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell({ type: 'warning', message: error.message });
  }
}
