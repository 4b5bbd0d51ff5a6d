/**
 * One at a time, across processes: an advisory lock of the kernel (`flock`) on a file. The kernel gives it back when its
 * holder ends, however that happens, so there are no stale locks to break. Node has no flock of its own, but util-linux's
 * command locks the open file that it inherits, and the lock stays with the file for as long as this process keeps it open.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const heldByAnother = 1;

/**
 * Runs `action` while holding the lock; `locked` is false where the file system or the machine knows no locks.
 * @template T
 * @param {string} path the lock file; stays there, holding the last owner's process id
 * @param {(owner: string) => void} waiting called once if another process holds the lock
 * @param {(locked: boolean) => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(path, waiting, action) {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+');
  try {
    let { status } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
    if (status === heldByAnother) {
      waiting(readFileSync(path, 'utf8').trim());
      status = await new Promise((resolve, reject) => {
        const waiter = spawn('flock', ['3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
        waiter.once('error', reject).once('exit', resolve);
      });
    }
    if (status === 0) {
      ftruncateSync(file);
      writeSync(file, `${process.pid}\n`);
    }
    return await action(status === 0);
  } finally {
    closeSync(file);
  }
}
