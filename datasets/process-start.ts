/** Tells a process from a later one with the same number. */
import { readFile } from 'node:fs/promises';

/** When process `pid` was started, in the kernel's terms; 'gone' if there is none, 'unknown' where /proc is missing. */
export async function processStart(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // Fields after the command's name, which is in brackets and may hold anything: the 20th is the start time.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A process that has ended and waits for its parent to notice is gone too.
    if (fields[0] === 'Z') return 'gone';
    return `${fields[19] ?? ''} ${(await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim()}`;
  } catch {
    try {
      process.kill(pid, 0);
      return 'unknown';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : 'gone';
    }
  }
}
