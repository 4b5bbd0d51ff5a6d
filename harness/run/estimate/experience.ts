/** What jobs really took on this machine, to scale estimates by. */
import type { Job } from '../../kinds/index.js';
import type { DeviceKind } from '../../kinds/step-time.js';
import type { SizeOf } from '../../plan/step-size.js';
import { readAttempts, type AttemptLine } from '../../store/attempts.js';
import { isDamage } from '../../store/stored-json.js';
import type { RunStore } from '../../store/store.js';
import { calibrate, type Experience, type MeasuredStep, type SecondsOf } from './estimate.js';
import type { SelectedDevices } from '../devices/machine.js';

/** Enough for a median, and few enough to read before anything is shown. */
const most = 40;

/**
 * Estimates for a plan's jobs, from those of them that are done and were watched from begin to end, and before any is
 * from `steps`.
 */
export function estimatesFor(
  jobs: readonly Job[],
  store: RunStore,
  selected: SelectedDevices,
  sizeOf: SizeOf,
  steps: readonly MeasuredStep[] = [],
): SecondsOf {
  const experience: Experience[] = [];
  for (const job of jobs) {
    if (experience.length >= most) break;
    if (store.state(job.id) !== 'done') continue;
    const ends = attemptsOf(store.folder(job.id)).flatMap((line) => (line.type === 'ended' ? [line] : []));
    const [only] = ends;
    // An attempt that went on from a checkpoint says nothing about a whole job.
    if (ends.length === 1 && only?.outcome === 'done' && only.seconds !== null)
      experience.push({ job, seconds: only.seconds });
  }
  return calibrate(experience, deviceKindOf(selected), sizeOf, steps);
}

/** None where they cannot be read: that run says nothing of times. */
function attemptsOf(folder: string): AttemptLine[] {
  try {
    return readAttempts(folder);
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

/** What a job of one device runs on. */
export function deviceKindOf({ selection, slots }: SelectedDevices): DeviceKind {
  switch (selection.kind) {
    case 'cpu':
      return { kind: 'cpu', cores: slots.length };
    case 'cores':
      return { kind: 'cpu', cores: 1 };
    case 'gpus':
    case 'gpu':
      return { kind: 'gpu' };
  }
}
