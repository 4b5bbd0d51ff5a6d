import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import type { Environment } from './environment.js';

/** The user's home; undefined for one who has none: without HOME and without an entry in the system's list of users. */
export function homeFolder({ HOME = '' }: Environment): string | undefined {
  if (isAbsolute(HOME)) return HOME;
  try {
    // Says what an empty HOME says, which is nothing.
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}
