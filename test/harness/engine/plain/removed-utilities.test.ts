import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreRemovedUtilities } from '../../../../harness/engine/plain/removed-utilities.js';

/** The object that tfjs-node-gpu, which is CommonJS, calls functions of. */
const utilities = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
const names = ['isNullOrUndefined', 'isArray'] as const;
const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(utilities, name)] as const);

beforeEach(() => {
  for (const name of names) Reflect.deleteProperty(utilities, name);
});
afterEach(() => {
  for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(utilities, name, descriptor);
});

it('functions that Node 23 took out are there again for who requires node:util', () => {
  restoreRemovedUtilities();
  const { isNullOrUndefined, isArray } = utilities as Record<(typeof names)[number], (value: unknown) => boolean>;
  expect([null, undefined, 0, '', []].map(isNullOrUndefined)).toEqual([true, true, false, false, false]);
  expect([[], [1], 'a', null, new Float32Array(1)].map(isArray)).toEqual([true, true, false, false, false]);
});

it('those of an older Node stay', () => {
  const own = () => true;
  utilities['isArray'] = own;
  restoreRemovedUtilities();
  expect(utilities['isArray']).toBe(own);
});
