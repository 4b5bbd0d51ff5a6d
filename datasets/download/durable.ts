/** Puts a finished file in its place so that it is there whole, or not at all, also after a power cut. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Flushes `path`, a file or a folder. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames and makes the renaming last. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await flush(from);
  await rename(from, to);
  await flush(dirname(to));
}
