/** Retries: which failures are worth another attempt, and when. */
import type { Policy } from '../../plan/profile/profile-file.js';
import type { Failure } from '../../store/failure.js';

/** Whether another attempt can go better: a divergence or a Problem comes back the same. */
export function worthRetrying(failure: Failure): boolean {
  switch (failure.kind) {
    case 'diverged':
    case 'problem':
    case 'cancelled':
      return false;
    case 'exit':
    case 'signal':
    case 'timeout':
    case 'out-of-memory':
    case 'device-lost':
    case 'node-lost':
    case 'not-started':
      return true;
  }
}

/** Whether what stopped one job stops every other: on a full disk none gets further. */
export const stopsAllElse = (code: string): boolean => code === 'DISK_FULL';

/** Seconds to wait before an attempt; `tries` counts those before it. */
export const backoff = (policy: Policy, tries: number): number => policy.backoffSeconds * 2 ** (tries - 1);
