/** How patient a schedule is: retries, backoff, time limits. */
import type { Failure } from '../result/failure.js';

export interface Policy {
  /** Attempts a cell gets in one call of the program. */
  readonly attempts: number;
  /** Wait before the second attempt, seconds; doubled for each further one. */
  readonly backoffSeconds: number;
  /** An attempt may take this long, seconds. */
  readonly timeoutSeconds: number;
  /** A worker that tells nothing for so long hangs, seconds. */
  readonly silenceSeconds: number;
  /** From a request to stop until the worker is killed, seconds. */
  readonly graceSeconds: number;
}

export const defaultPolicies: Readonly<Record<'quick' | 'paper' | 'auto', Policy>> = {
  quick: { attempts: 2, backoffSeconds: 2, timeoutSeconds: 2 * 3600, silenceSeconds: 15 * 60, graceSeconds: 60 },
  auto: { attempts: 2, backoffSeconds: 2, timeoutSeconds: 2 * 3600, silenceSeconds: 15 * 60, graceSeconds: 60 },
  paper: { attempts: 4, backoffSeconds: 30, timeoutSeconds: 14 * 86400, silenceSeconds: 60 * 60, graceSeconds: 120 },
};

/** Whether another attempt can go better: a divergence or a Problem comes back the same. */
export function worthRetrying(failure: Failure): boolean {
  switch (failure.kind) {
    case 'diverged':
    case 'problem':
      return false;
    case 'exit':
    case 'signal':
    case 'timeout':
    case 'out-of-memory':
    case 'device-lost':
    case 'not-started':
      return true;
  }
}

/** Seconds to wait before an attempt; `tries` counts those before it. */
export const backoff = (policy: Policy, tries: number): number => policy.backoffSeconds * 2 ** (tries - 1);
