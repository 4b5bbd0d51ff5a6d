/** Evidence that the kernel killed something for lack of memory: a counter that Linux keeps. */
import { readFileSync } from 'node:fs';

/** How often the kernel has killed a process for lack of memory since boot; null where it does not say. */
export function outOfMemoryKills(): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
