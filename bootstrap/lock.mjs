/**
 * One at a time, across processes: an advisory lock of the kernel (`flock`) on a file. The kernel gives it back when its
 * holder ends, however that happens, so there are no stale locks to break, and nobody tries again and again. Node has no
 * flock of its own, but util-linux's command locks the open file that it inherits, and the lock stays with the file for as
 * long as this process keeps it open.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const heldByAnother = 1;

/**
 * Runs `action` while holding the lock; `locked` is false where the file system or the machine knows no locks.
 * @template T
 * @param {string} path the lock file, in a folder that is there or can be made; it is deleted at the end
 * @param {(owner: string) => void} waiting called once if another process holds the lock: `123, since 14:05`
 * @param {(locked: boolean) => Promise<T>} action
 * @param {AbortSignal | undefined} [signal] ends the waiting
 * @returns {Promise<T>}
 * @throws a system error, such as EISDIR, where no lock file can be
 */
export async function withLock(path, waiting, action, signal) {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path));
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const file = openLock(path);
    try {
      let { status } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
      if (status === heldByAnother) {
        if (!told) waiting(ownerOf(path, file));
        told = true;
        status = await new Promise((resolve, reject) => {
          const options = signal ? { signal } : {};
          const waiter = spawn('flock', ['3'], { ...options, stdio: ['ignore', 'ignore', 'ignore', file] });
          waiter.once('error', reject).once('exit', resolve);
        });
      }
      signal?.throwIfAborted();
      if (status !== 0) return await action(false);
      // The last owner has deleted it: whoever comes now has another file under this name.
      if (fstatSync(file).ino !== statSync(path, { throwIfNoEntry: false })?.ino) continue;
      try {
        name(file);
        return await action(true);
      } finally {
        remove(path);
      }
    } finally {
      closeSync(file);
    }
  }
}

/** @param {string} path */
function openLock(path) {
  const { O_RDWR, O_RDONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  let file;
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o666);
  } catch (error) {
    // Another user's: it can be waited for all the same.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error)) || !existsSync(path)) throw error;
    file = openSync(path, O_RDONLY | O_NONBLOCK);
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw Object.assign(new Error(`${path} is no regular file`), { code: 'ENXIO' });
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { force: true });
  } catch {
    // In a folder that is not ours: a lock file that is left locks nothing.
  }
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** @param {number} file */
function name(file) {
  try {
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n`);
  } catch {
    // Another user's file, or a full disk: only the name of the owner is missing.
  }
}

/**
 * @param {string} path
 * @param {number} file
 */
function ownerOf(path, file) {
  try {
    const since = fstatSync(file).mtime;
    return `${readFileSync(path, 'utf8').trim()}, since ${since.toTimeString().slice(0, 5)}`;
  } catch {
    return 'unknown';
  }
}
