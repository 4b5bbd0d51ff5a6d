/**
 * Device slots are the machine's, not a folder's: two runs, of two clones or two reports folders, must not share a card or
 * a core. Each slot is an abstract Unix socket: one process can be bound to it, and the kernel frees it when that process ends,
 * however it ends. Whoever connects is told who holds it.
 */
import { createConnection, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../core/files/system-code.js';

export interface SlotLocks {
  release(): Promise<void>;
}

const pollMilliseconds = 500;

export interface WaitForSlots {
  /** Names of the slots, such as `core-0`. */
  readonly names: readonly string[];
  /** Told to others that wait: `process 123: reproduce --devices gpu:0`. */
  readonly self: string;
  /** Called when it has to wait, and when whom it waits for changes. */
  readonly onWait: (slot: string, holder: string) => void;
  readonly signal: AbortSignal;
}

/** Locks all of the slots at once, waiting for as long as others hold any of them; null when aborted. */
export async function lockSlots(wait: WaitForSlots): Promise<SlotLocks | null> {
  let told = '';
  while (!wait.signal.aborted) {
    const taken = await tryLock(wait.names, wait.self);
    if ('locks' in taken) return taken.locks;
    const holder = await holderOf(taken.busy);
    if (`${taken.busy} ${holder}` !== told) wait.onWait(taken.busy, holder);
    told = `${taken.busy} ${holder}`;
    await sleep(pollMilliseconds, undefined, { signal: wait.signal }).catch(() => undefined);
  }
  return null;
}

/** All or none, so that two runs that want the same slots never hold one each. */
async function tryLock(names: readonly string[], self: string): Promise<{ locks: SlotLocks } | { busy: string }> {
  const servers: Server[] = [];
  const release = async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  for (const name of names) {
    const server = await bind(name, self);
    if (!server) {
      await release();
      return { busy: name };
    }
    servers.push(server);
  }
  return { locks: { release } };
}

/** A leading zero byte makes an address that is no file. */
const address = (slot: string): string => `\0reproduce-slot-${slot}`;

function bind(slot: string, self: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(self);
    });
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(address(slot), () => {
      // A lock must not keep a program alive that has nothing else to do.
      server.unref();
      resolve(server);
    });
  });
}

const answerMilliseconds = 1000;

function holderOf(slot: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(address(slot));
    const done = () => {
      socket.destroy();
      resolve(answer === '' ? 'another process' : answer);
    };
    socket.setEncoding('utf8');
    socket.setTimeout(answerMilliseconds, done);
    socket.on('data', (text: string) => (answer += text));
    socket.on('end', done);
    socket.on('error', done);
  });
}
