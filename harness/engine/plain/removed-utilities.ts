/** tfjs-node-gpu calls two functions of `node:util` that Node 23 took out. */
import { createRequire } from 'node:module';

/** What `require('node:util')` gives: tfjs-node-gpu looks the functions up there at each call. */
const utilities = createRequire(import.meta.url)('node:util') as object;

/** Puts them back where they are missing, before tfjs-node-gpu is loaded. */
export function restoreRemovedUtilities(target: object = utilities): void {
  const removed = {
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
    isArray: (value: unknown): boolean => Array.isArray(value),
  };
  for (const [name, value] of Object.entries(removed))
    if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
