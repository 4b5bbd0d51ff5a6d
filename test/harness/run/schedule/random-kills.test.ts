/**
 * Schedulers and workers killed at random, seeded steps until all is done. Schedulers die at a step of a job's life, workers
 * of their own hand in the middle of their work, so that no kill depends on how fast the machine is.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAttempts } from '../../../../harness/store/attempts.js';
import { RunStore } from '../../../../harness/store/store.js';
import { longTier } from '../../../tier.js';
import { trainingJob, execution } from './jobs.js';
import { fakeWorkerCommand } from './fake-workers.js';
import { cores } from './scheduling.js';

const script = fileURLToPath(new URL('scheduler-process.mjs', import.meta.url));
const steps = [
  ...['claimed', 'began', 'invalidated', 'prepared', 'spawned', 'recorded', 'opened'],
  ...['failure-written', 'logged', 'released'],
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kills-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Mulberry32: small, seeded, good enough to choose where to kill. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Scheduled {
  readonly root: string;
  readonly jobs: number;
  readonly killAt?: string;
  readonly killAfter?: number;
  /** Workers kill themselves in about a third of their attempts, chosen by this. */
  readonly workersDie?: number;
}

async function schedule({ jobs, workersDie, ...config }: Scheduled): Promise<NodeJS.Signals | null> {
  const request = {
    ...config,
    jobs: Array.from({ length: jobs }, (_, index) => trainingJob(`job-${index}`, index)),
    slots: cores(4, randomUUID()),
    worker: fakeWorkerCommand,
    attempts: 3,
    execution: execution('', 1),
  };
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio: 'ignore',
    env: {
      ...process.env,
      FAKE_WORKER_SOCKET: '',
      FAKE_WORKER_DIES: workersDie === undefined ? '' : String(workersDie),
    },
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

const resultsOf = (folder: string): Map<string, string> =>
  new Map(new RunStore(folder, null).ids().map((id) => [id, readFileSync(join(folder, id, 'result.json'), 'utf8')]));

describe('random kills', () => {
  // 8 jobs and a few kills by default; in the long tier until 60 schedulers have been killed.
  const [jobs, kills] = longTier ? [40, 60] : [8, 6];

  it(`of ${kills} schedulers and many workers lose nothing and run nothing twice`, { timeout: 600_000 }, async () => {
    const random = randomOf(20181);
    const calm = join(root, 'calm');
    const wild = join(root, 'wild');
    expect(await schedule({ root: calm, jobs })).toBeNull();

    let killed = 0;
    while (killed < kills) {
      const signal = await schedule({
        root: wild,
        jobs,
        killAt: steps[Math.floor(random() * steps.length)] ?? '',
        killAfter: Math.floor(random() * 3),
        workersDie: Math.floor(random() * 1e6),
      });
      if (signal === 'SIGKILL') killed++;
      // All may be done before all kills are spent: go on with what is left by forgetting one job's result.
      else rmSync(join(wild, `job-${Math.floor(random() * jobs)}`), { recursive: true, force: true });
    }
    expect(await schedule({ root: wild, jobs })).toBeNull();

    expect(resultsOf(wild)).toEqual(resultsOf(calm));
    for (const id of new RunStore(wild, null).ids()) {
      const folder = join(wild, id);
      const ends = readAttempts(folder).flatMap((line) => (line.type === 'ended' ? [line] : []));
      expect(
        ends.filter(({ outcome }) => outcome === 'done'),
        id,
      ).toHaveLength(1);
      expect(new Set(ends.map(({ attempt }) => attempt)).size, id).toBe(ends.length);
      expect(
        readdirSync(folder).filter((name) => /^lease|\.tmp$/.test(name)),
        id,
      ).toEqual([]);
    }
  });
});
