import { statfs } from 'node:fs/promises';
import { Problem } from '../problem.js';
import { formatBytes } from '../format-bytes.js';

/**
 * @param what needs the room, as a sentence begins: `ImageNet32 as flat files`
 * @param elsewhere how another place can be named
 * @throws Problem DISK_FULL where `folder` has less than `bytes` free
 */
export async function checkSpace(folder: string, bytes: number, what: string, elsewhere: string): Promise<void> {
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
      `Make room there. ${elsewhere}`,
    );
}
