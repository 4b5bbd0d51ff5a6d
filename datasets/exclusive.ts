/**
 * Lets one process at a time do a thing that is kept in a folder, also across hosts that share it: a lock file that its
 * owner touches while it works. The lock of a process that is gone is taken over.
 */
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { processStart } from './process-start.js';

const ownerSchema = z.object({ host: z.string(), pid: z.number(), started: z.string(), token: z.string() });

const touchEvery = 5_000;
/** An owner on another host that has not touched its lock for so long is gone. */
const abandonedAfter = 60_000;

/** Whether the owner named in a lock file is still at work. */
async function isAlive(lock: string, text: string): Promise<boolean> {
  const age = Date.now() - (await stat(lock)).mtimeMs;
  let owner: z.infer<typeof ownerSchema>;
  try {
    owner = ownerSchema.parse(JSON.parse(text));
  } catch {
    // Being written at this moment, or left empty by a full disk.
    return age < 2_000;
  }
  if (owner.host !== hostname()) return age < abandonedAfter;
  return (await processStart(owner.pid)) === owner.started;
}

/** Removes a dead owner's lock, unless someone else has already put theirs in its place. */
async function takeAway(lock: string, text: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) === text) await rm(aside, { force: true });
  else await rename(aside, lock);
}

/** Runs `work` while no one else runs theirs under the same `lock` path; waits for its turn. @throws AbortError */
export async function exclusively<T>(lock: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const text = JSON.stringify({
    host: hostname(),
    pid: process.pid,
    started: await processStart(process.pid),
    token: randomUUID(),
  });
  for (;;) {
    signal?.throwIfAborted();
    try {
      const handle = await open(lock, 'wx');
      await handle.writeFile(text).finally(() => handle.close());
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = await readFile(lock, 'utf8').catch(() => undefined);
    if (held === undefined) continue;
    const alive = await isAlive(lock, held).catch(() => true);
    if (alive) await delay(100, undefined, signal ? { signal } : {});
    else await takeAway(lock, held);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, touchEvery);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await readFile(lock, 'utf8').catch(() => undefined)) === text) await rm(lock, { force: true });
  }
}
