/** The few things of Jasmine that tfjs-core's tests use and vitest names otherwise. */
import { expect, vi, type MockInstance } from 'vitest';

expect.extend({
  nothing: () => ({ pass: true, message: () => '' }),
});

interface JasmineSpy {
  and: { returnValue(value: unknown): MockInstance; callThrough(): MockInstance; callFake(fake: () => unknown): MockInstance };
}

function spyOn(object: Record<string, () => unknown>, method: string): MockInstance & JasmineSpy {
  const spy = vi.spyOn(object, method);
  return Object.assign(spy, {
    and: {
      returnValue: (value: unknown) => spy.mockReturnValue(value),
      callThrough: () => spy,
      callFake: (fake: () => unknown) => spy.mockImplementation(fake),
    },
  }) as unknown as MockInstance & JasmineSpy;
}

Object.assign(globalThis, { spyOn });
