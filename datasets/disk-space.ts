import { statfs } from 'node:fs/promises';
import { Problem } from '../harness/core/problem.js';

/** `1.2 GB`, `340 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ''}`;
}

/** @throws Problem DISK_FULL where `folder` has less than `bytes` free */
export async function checkSpace(folder: string, bytes: number, what: string): Promise<void> {
  let free: number;
  try {
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
  } catch {
    // A file system that does not tell: the write itself will.
    return;
  }
  if (free < bytes)
    throw new Problem(
      'DISK_FULL',
      `${what} needs ${formatBytes(bytes)}, and ${folder} has ${formatBytes(free)} free`,
      'Make room, or name another folder for data with --data-cache.',
    );
}
