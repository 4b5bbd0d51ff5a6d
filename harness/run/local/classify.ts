/** Why an attempt failed, from what its worker left: its own report, how it ended, and the tail of its log. */
import { outOfMemory } from '../../core/out-of-memory.js';
import type { Failure } from '../../store/failure.js';
import { workerExits } from '../worker/worker-exit.js';
import type { JobEnd } from './executor.js';

export interface Evidence {
  readonly end: JobEnd;
  /** What the worker itself wrote in this attempt. */
  readonly reported: Failure | null;
  /** What the scheduler did to it, if anything. */
  readonly killed: 'timeout' | 'silence' | null;
  readonly limitSeconds: number;
  readonly logTail: readonly string[];
  readonly attempt: number;
  readonly at: string;
}

const deviceLost =
  /\bXid\b|fallen off the bus|CUDA_ERROR_(?:ILLEGAL_ADDRESS|LAUNCH_FAILED|LAUNCH_TIMEOUT|ECC_UNCORRECTABLE|DEVICE_UNAVAILABLE|NVLINK_UNCORRECTABLE|SYSTEM_NOT_READY|UNKNOWN|NO_DEVICE|HARDWARE_STACK_ERROR|CONTAINED|NOT_PERMITTED)|GPU is lost|Unable to determine the device handle|uncorrectable ECC|NVML: GPU_IS_LOST/;

export function classify(evidence: Evidence): Failure {
  const { end, killed, reported } = evidence;
  const log = evidence.logTail.join('\n');
  const limit = `${evidence.limitSeconds} s`;
  if (end.notStarted !== null)
    return failure(evidence, 'not-started', 'NOT_STARTED', `The worker could not be started: ${end.notStarted}`, null);
  if (killed === 'timeout')
    return failure(evidence, 'timeout', 'TIMEOUT', `It took longer than ${limit} and was ended`, retryHint);
  if (killed === 'silence')
    return failure(evidence, 'timeout', 'SILENT', `It told nothing for ${limit} and was ended`, retryHint);
  if (reported && reported.attempt === evidence.attempt) return reported;
  if (end.exitCode === workerExits.diskFull)
    return failure(evidence, 'problem', 'DISK_FULL', 'The disk is full: it took not even the reason', diskHint);
  const { verdict } = end;
  if (verdict) return failure(evidence, verdict.kind, verdict.code, verdict.message, verdict.hint);
  if ((end.signal === 'SIGKILL' || end.exitCode === 137) && end.outOfMemoryKill)
    return failure(evidence, 'out-of-memory', 'OUT_OF_MEMORY', 'The system ended it for lack of memory', memoryHint);
  if (outOfMemory.test(log))
    return failure(evidence, 'out-of-memory', 'OUT_OF_MEMORY', 'It ran out of memory', memoryHint);
  if (deviceLost.test(log))
    return failure(
      evidence,
      'device-lost',
      'DEVICE_LOST',
      'Its GPU was lost',
      'See `dmesg | grep Xid` and nvidia-smi.',
    );
  if (end.signal !== null)
    return failure(
      evidence,
      'signal',
      end.signal,
      `It was ended by ${end.signal}, which this program did not send`,
      null,
    );
  if (end.exitCode === 0)
    return failure(evidence, 'exit', 'RESULT_MISSING', 'It ended as if it had succeeded, but left no result', null);
  if (end.exitCode === null)
    return failure(evidence, 'exit', 'ENDED_UNSEEN', 'It ended without a result while no scheduler watched it', null);
  return failure(evidence, 'exit', 'EXIT', `It ended with exit code ${end.exitCode}`, null);
}

const retryHint = 'Run it again with `npm run reproduce -- retry`; it goes on from its last checkpoint.';
const diskHint =
  'Free some space (`npm run reproduce -- clean` lists what may go), then run the same command again: it goes on where it was.';
const memoryHint = 'Run fewer jobs at once (--jobs 1), or close other programs.';

function failure(
  evidence: Evidence,
  kind: Failure['kind'],
  code: string,
  message: string,
  hint: string | null,
): Failure {
  const { end, logTail, at, attempt } = evidence;
  return { kind, code, message, hint, exitCode: end.exitCode, signal: end.signal, logTail: [...logTail], at, attempt };
}
