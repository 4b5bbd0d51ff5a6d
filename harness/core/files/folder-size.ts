/** Bytes below a path, symbolic links not followed; 0 where there is nothing. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function sizeOf(path: string): number {
  try {
    const entry = lstatSync(path);
    if (!entry.isDirectory()) return entry.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0; // gone meanwhile, or never there
  }
}
