/**
 * Notices what no figure of the system shows: a virtual machine's host that for seconds at a time runs two of its cores on
 * one. Between steps, a fixed piece of work runs on all cores at once, which then takes longer.
 */
import { Worker } from 'node:worker_threads';
import { parseDevices } from '../../engine/devices/selection.js';
import type { Execution } from '../../store/execution.js';

export interface CoreProbe {
  /** Milliseconds that the work takes on all cores at once, about one where nothing disturbs it. */
  run(): number;
  close(): Promise<void>;
}

/** Where there is one core, or a card computes, there is nothing to notice. */
export const noProbe: CoreProbe = { run: () => 0, close: async () => undefined };

/** Work that takes this many times the shortest was not on cores of its own. */
const shared = 1.3;

/** Which of these times are of cores that were apart from one another. */
export function coresApart(times: readonly number[]): boolean[] {
  const shortest = Math.min(...times);
  return times.map((time) => time <= shared * shortest);
}

const turns = 800_000;

/** Independent sums, so that hardware threads of one core slow each other down. */
function work(count: number): number {
  let [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6];
  for (let i = 0; i < count; i++) {
    a = (a + i) | 0;
    b = (b ^ a) | 0;
    c = (c + i) | 0;
    d = (d ^ c) | 0;
    e = (e + i) | 0;
    f = (f ^ e) | 0;
  }
  return a ^ b ^ c ^ d ^ e ^ f;
}

/** Waits for the next number in its first field, works, and writes the number into the field of its own. */
const worker = `
  const { parentPort, workerData: { shared, own, turns } } = require('node:worker_threads');
  ${work.toString()}
  const fields = new Int32Array(shared);
  ${work.name}(turns);
  parentPort.postMessage('ready');
  for (let round = 0; ; ) {
    Atomics.wait(fields, 0, round);
    round = Atomics.load(fields, 0);
    ${work.name}(turns);
    Atomics.store(fields, own, round);
    Atomics.notify(fields, own);
  }`;

/** Longer than any host takes a core away; then the time says enough. */
const longestMilliseconds = 2000;

/** Runs something with a probe of the cores that a job's devices are; with none where they are cards. */
export async function withCoreProbe<Result>(
  { devices: wanted }: { readonly devices: number },
  { devices }: Pick<Execution, 'devices'>,
  run: (probe: CoreProbe) => Promise<Result>,
): Promise<Result> {
  const probe = await openCoreProbe(parseDevices(devices).kind === 'cores' ? wanted : 1);
  try {
    return await run(probe);
  } finally {
    await probe.close();
  }
}

/** @param cores how many work at once, this thread's among them */
export async function openCoreProbe(cores: number): Promise<CoreProbe> {
  if (cores < 2) return noProbe;
  const fields = new Int32Array(new SharedArrayBuffer(4 * cores));
  const others = Array.from({ length: cores - 1 }, (_, index) => index + 1);
  const threads = await Promise.all(
    others.map(async (own) => {
      const thread = new Worker(worker, { eval: true, workerData: { shared: fields.buffer, own, turns } });
      // A job that ends waits for no probe.
      thread.unref();
      await new Promise((ready, failed) => thread.once('message', ready).once('error', failed));
      return thread;
    }),
  );
  work(turns);
  let round = 0;
  return {
    run: () => {
      round += 1;
      const start = performance.now();
      Atomics.store(fields, 0, round);
      Atomics.notify(fields, 0);
      work(turns);
      for (const own of others) {
        let seen = Atomics.load(fields, own);
        while (seen !== round && performance.now() - start < longestMilliseconds) {
          Atomics.wait(fields, own, seen, longestMilliseconds);
          seen = Atomics.load(fields, own);
        }
      }
      return performance.now() - start;
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
