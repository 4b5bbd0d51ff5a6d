/** The few things of Jasmine that tfjs-core's tests use and vitest names otherwise, and what becomes of each test. */
import { expect, it as test, vi, type MockInstance, type TestContext } from 'vitest';
import { backendUnderTest } from './backend-under-test.js';
import { exceptions, refusals } from './exceptions.js';

expect.extend({
  nothing: () => ({ pass: true, message: () => '' }),
});

interface JasmineStrategies {
  and: {
    returnValue(value: unknown): MockInstance;
    callThrough(): MockInstance;
    callFake(fake: () => unknown): MockInstance;
  };
}

function spyOn(object: Record<string, () => unknown>, method: string): MockInstance & JasmineStrategies {
  const spy = vi.spyOn(object, method);
  return Object.assign(spy, {
    and: {
      returnValue: (value: unknown) => spy.mockReturnValue(value),
      callThrough: () => spy,
      callFake: (fake: () => unknown) => spy.mockImplementation(fake),
    },
  });
}

/** The message of what a test threw, or expected another error than. */
const messageOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));

type Body = (done?: () => void) => unknown;

/** Jasmine's bodies may take a callback instead of returning a promise. */
const run = (body: Body): unknown =>
  body.length === 0
    ? body()
    : new Promise<void>((resolve) => {
        body(resolve);
      });

function it(name: string, body: Body): void {
  test(name, async (context: TestContext) => {
    const fullName = fullNameOf(context.task);
    const exception =
      backendUnderTest === 'traced' ? exceptions.find(({ test: pattern }) => pattern.test(fullName)) : undefined;
    let failure: unknown;
    try {
      await run(body);
    } catch (error) {
      failure = error;
    }
    if (failure !== undefined && refusals.some((refusal) => refusal.test(messageOf(failure))))
      context.skip(messageOf(failure));
    if (exception === undefined && failure !== undefined) throw failure as Error;
    if (exception !== undefined && failure === undefined)
      throw new Error(`passes, though exceptions.ts says: ${exception.reason}`);
  });
}

function fullNameOf(task: { name: string; suite?: unknown }): string {
  const suite = task.suite as { name: string; suite?: unknown } | undefined;
  return suite === undefined ? task.name : `${fullNameOf(suite)} ${task.name}`.trim();
}

/** Jasmine's asynchronous expectations, as far as the tests use them. */
const expectAsync = (promise: Promise<unknown>) => ({
  toBeRejectedWithError: async () => {
    await expect(promise).rejects.toThrow();
  },
});

Object.assign(globalThis, { spyOn, it, expectAsync, jasmine: {} });
