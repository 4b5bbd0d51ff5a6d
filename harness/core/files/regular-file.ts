import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Problem } from '../problem.js';
import { formatBytes } from '../format-bytes.js';
import { systemProblem } from '../system-problem.js';

/**
 * Opens a regular file for reading: a named pipe or a device would be waited for, or be read, for ever.
 * @param mostBytes a larger file is refused
 * @throws Problem NOT_READABLE, FILE_TROUBLE, FILE_TOO_LARGE
 */
export async function openRegularFile(path: string, mostBytes = Infinity): Promise<FileHandle> {
  // Without O_NONBLOCK the opening itself would wait for whoever writes to a pipe.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw systemProblem(error, { path, doing: 'read', elsewhere: '' });
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Problem('FILE_TROUBLE', `${path} is no regular file`, 'Move it out of the way.');
    if (found.size > mostBytes)
      throw new Problem(
        'FILE_TOO_LARGE',
        `${path} has ${formatBytes(found.size)}, and should have ${formatBytes(mostBytes)} at most`,
      );
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of a regular file. @throws Problem as `openRegularFile` */
export async function readRegularFile(path: string, mostBytes: number): Promise<Buffer> {
  const handle = await openRegularFile(path, mostBytes);
  try {
    return await handle.readFile();
  } catch (error) {
    throw systemProblem(error, { path, doing: 'read', elsewhere: '' });
  } finally {
    await handle.close();
  }
}
