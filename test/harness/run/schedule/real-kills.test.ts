/** Real trainings, killed: on one-core devices the bytes are those of a training that nobody disturbed. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WorkerEvent } from '../../../../harness/store/events.js';
import { readJsonLines } from '../../../../harness/core/files/json-lines.js';
import { readLeases } from '../../../../harness/store/lease.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { training } from '../../../../harness/kinds/index.js';
import { RunStore } from '../../../../harness/store/store.js';
import { signal } from '../../../../harness/core/process/process-group.js';
import { realWorker } from '../../../support/real-worker.js';
import { longTier } from '../../../tier.js';

const script = fileURLToPath(new URL('../../../support/main-process.mjs', import.meta.url));
const matrix = `id: small
title: Small
measure: [error]
rows:
  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }
  - { dataset: synthetic, network: WarpNet1, K: 2, Nwarp: 1, kw: 1 }
asWritten: true
`;
const settings = ['steps=12', 'evaluateEvery=3', 'batch=8'].flatMap((setting) => ['--set', `training.${setting}`]);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'real-'));
  writeFileSync(join(root, 'small.yaml'), matrix);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function start(reports: string) {
  const args = ['run', join(root, 'small.yaml'), '--profile', 'quick', '--protocol', 'paper', '--devices', 'cpu:1'];
  const surroundings = JSON.stringify({ worker: realWorker, slotNamespace: randomUUID() });
  const child = spawn(process.execPath, [script, surroundings, ...args, ...settings, '--reports-folder', reports], {
    stdio: 'ignore',
    env: { ...process.env, FAKE_WORKER_SOCKET: '' },
  });
  return { child, ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
}

const storeOf = (reports: string) => new RunStore(join(reports, 'runs'), null);

/** Checkpoints written so far, over all jobs and attempts. */
const checkpoints = (reports: string): number =>
  storeOf(reports)
    .ids()
    .flatMap((id) => readJsonLines(runFile(storeOf(reports).folder(id), 'events'), (value) => value as WorkerEvent))
    .filter(({ type }) => type === 'checkpointed').length;

function killWorkers(reports: string): void {
  const store = storeOf(reports);
  for (const { worker } of store.ids().flatMap((id) => readLeases(store.folder(id))))
    if (worker) signal(worker.pid, 'SIGKILL');
}

const measured = (reports: string) => {
  const store = storeOf(reports);
  return store
    .ids()
    .sort()
    .map((id) => {
      const result = store.resultOf(training, id);
      if (result === null) throw new Error(`${id} has no result`);
      const bytes = readFileSync(runFile(store.folder(id), 'checkpoint')).toString('base64');
      return { id, evaluations: result.evaluations, finalLoss: result.finalLoss, bytes };
    });
};

describe.runIf(longTier)('trainings whose schedulers and workers are killed after each checkpoint', () => {
  it('give the same bytes as undisturbed ones', { timeout: 600_000 }, async () => {
    const [calm, wild] = [join(root, 'calm'), join(root, 'wild')];
    expect((await start(calm).ended)[0]).toBe(0);

    let kills = 0;
    for (;;) {
      const { child, ended } = start(wild);
      const seen = checkpoints(wild);
      const written = vi.waitUntil(() => checkpoints(wild) > seen, { timeout: 120_000, interval: 20 });
      if ((await Promise.race([ended.then(() => 'over'), written.then(() => 'checkpoint')])) === 'over') break;
      kills++;
      // In turns the scheduler, whose worker goes on as an orphan; both; and the worker alone, which is tried again.
      if (kills % 3 !== 0) child.kill('SIGKILL');
      if (kills % 3 !== 1) killWorkers(wild);
      await ended;
    }
    expect(kills).toBeGreaterThan(1);
    expect(measured(wild)).toEqual(measured(calm));
  });
});
