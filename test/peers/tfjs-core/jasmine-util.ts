/** Stands in for tfjs-core's `jasmine_util`: each of its suites runs on the backend under test. */
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { backendUnderTest, type BackendUnderTest } from './backend-under-test.js';

export interface Constraints {
  flags?: Record<string, unknown>;
  predicate?: (environment: { name: string; backendName: string; isDataSync: boolean }) => boolean;
}

export const ALL_ENVS: Constraints = {};
export const NODE_ENVS: Constraints = {};
export const SYNC_BACKEND_ENVS: Constraints = { predicate: (environment) => environment.isDataSync };
const never: Constraints = { predicate: () => false };
export const CHROME_ENVS = never;
export const BROWSER_ENVS = never;
export const HAS_WORKER = never;
export const HAS_NODE_WORKER = never;

/** Suites nest; only the outermost starts and ends a test. */
let depth = 0;

export function describeWithFlags(name: string, constraints: Constraints, tests: (environment: unknown) => void): void {
  const environment = { name: backendUnderTest, backendName: backendUnderTest, isDataSync: true };
  if (constraints.predicate?.(environment) === false) return;
  if (depth > 0) {
    describe(name, () => tests(environment));
    return;
  }
  describe(name, () => {
    let backend: BackendUnderTest;
    let stop: () => void;
    beforeAll(async () => {
      const module = await import('./backend-under-test.js');
      backend = await module.openBackend();
    });
    beforeEach(() => {
      stop = backend.start();
    });
    afterEach(() => {
      stop();
    });
    afterAll(() => {
      backend.close();
    });
    depth += 1;
    tests(environment);
    depth -= 1;
  });
}
