/** Ctrl-C, as a shell sees it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunStore } from '../../../harness/store/store.js';
import { papers } from '../../support/papers.js';
import { fakeWorkerCommand, FakeWorkers } from '../run/schedule/fake-workers.js';
import { smallTable } from './program.js';

const script = fileURLToPath(new URL('../../support/main-process.mjs', import.meta.url));

let workers: FakeWorkers;
let reports: string;
let slotNamespace: string;
beforeEach(async () => {
  workers = await FakeWorkers.listen();
  reports = mkdtempSync(join(tmpdir(), 'reports-'));
  slotNamespace = randomUUID();
});
afterEach(async () => {
  await workers.close();
  rmSync(reports, { recursive: true });
});

function program(...options: string[]): { child: ChildProcess; ended: Promise<{ code: unknown; messages: string }> } {
  const surroundings = JSON.stringify({ worker: fakeWorkerCommand, slotNamespace });
  const args = [...smallTable, '--devices', 'cpu:1', '--reports-folder', reports, ...options];
  const child = spawn(process.execPath, [script, surroundings, ...args], {
    env: { ...process.env, FAKE_WORKER_SOCKET: workers.socketPath },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let messages = '';
  child.stderr.on('data', (text: Buffer) => (messages += text.toString()));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as unknown, messages })) };
}

const states = () => {
  const store = new RunStore(join(reports, 'runs'), papers);
  return store.ids().map((id) => store.state(id));
};

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGUSR1'] as const)(
    '(%s) stops after a checkpoint with 130, and the next run goes on',
    async (signal) => {
      const { child, ended } = program();
      const worker = await workers.next();
      await worker.do('checkpoint on SIGTERM');
      child.kill(signal);
      const { code, messages } = await ended;
      expect(code).toBe(130);
      expect(messages).toContain('write a checkpoint');
      expect(messages).toContain('2 jobs unfinished');
      expect(states()).toEqual(['interrupted']);

      const again = program();
      const resumed = await workers.next(worker.id);
      expect(resumed.attempt).toBe(2);
      await resumed.succeed();
      await (await workers.next()).succeed();
      expect((await again.ended).code).toBe(0);
      expect(states()).toEqual(['done', 'done']);
    },
  );

  it('twice stops at once, whatever the worker does', async () => {
    const { child, ended } = program();
    const worker = await workers.next();
    await worker.do('ignore SIGTERM');
    child.kill('SIGINT');
    // The scheduler says that it heard the first before it gets the second.
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await worker.gone;
  });

  it('while it waits for the devices of another run stops that, too', async () => {
    const first = program();
    const worker = await workers.next();
    const second = program('--set', 'training.learningRate=0.3');
    await new Promise<void>((resolve) => {
      second.child.stderr?.on('data', (text: Buffer) => {
        if (text.toString().includes('in use by process')) resolve();
      });
    });
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(130);
    await worker.succeed();
    await (await workers.next()).succeed();
    expect((await first.ended).code).toBe(0);
  });
});
