import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { runFile } from '../../../../harness/store/run-folder.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { fakeWorker } from '../../../support/fake-parts.js';
import { attempt, trainingJob, events, execution, read, readBytes, runFolder } from '../../../support/run-folders.js';

const worker = fileURLToPath(new URL('./fake-worker.ts', import.meta.url));

interface Driven {
  readonly child: ChildProcess;
  /** Resolves when the worker says this. */
  heard(text: string): Promise<void>;
  /** Lets it run freely. */
  release(): void;
  readonly ended: Promise<number | null>;
}

function start(folder: string): Driven {
  const child = fork(worker, [folder], { execArgv: ['--import', 'tsx'], silent: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  child.on('message', (text) => said.push(text as string));
  return {
    child,
    heard: async (text) => {
      while (!said.includes(text)) await once(child, 'message');
    },
    release: () => {
      child.on('message', (text: string) =>
        text.startsWith('step') && child.connected ? child.send('go') : undefined,
      );
      child.send('go');
    },
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** An attempt that nobody disturbs. */
const finish = (folder: string) => runJob(folder, fakeWorker(), new AbortController().signal, () => undefined);

async function whole(): Promise<string> {
  const folder = runFolder(trainingJob());
  await finish(folder);
  return folder;
}

it.each(['SIGTERM', 'SIGINT', 'SIGUSR1'] as const)(
  '%s: ends the step, writes a checkpoint, exits with 130; the next attempt finishes',
  async (signal) => {
    const folder = runFolder(trainingJob());
    const first = start(folder);
    await first.heard('step 0');
    first.child.send('go');
    await first.heard('step 1');
    first.child.kill(signal);
    await first.heard(`${signal} seen`);
    // A second one must not cost the checkpoint.
    first.child.kill('SIGTERM');
    first.release();
    expect(await first.ended).toBe(130);
    expect(events(folder).at(-1)).toMatchObject({ type: 'stopped', step: 2 });
    expect(existsSync(runFile(folder, 'result'))).toBe(false);

    attempt(folder, execution({ attempt: 2 }));
    expect(await finish(folder)).toBe('finished');
    expect(JSON.parse(read(folder, 'result'))).toMatchObject({ attempts: 2 });
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(await whole(), 'checkpoint'));
  },
);

it('kill -9 in a step: the next attempt goes on from the last checkpoint to the same bytes', async () => {
  const folder = runFolder(trainingJob());
  const first = start(folder);
  first.release();
  await first.heard('step 6');
  first.child.kill('SIGKILL');
  await first.ended;
  attempt(folder, execution({ attempt: 2 }));
  expect(await finish(folder)).toBe('finished');
  expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(await whole(), 'checkpoint'));
});

it('an unreadable run folder: one line and exit code 1, no stack trace', async () => {
  const folder = runFolder(trainingJob());
  writeFileSync(runFile(folder, 'job'), '{"kind":');
  const { child, ended } = start(folder);
  let text = '';
  child.stderr?.on('data', (chunk) => (text += String(chunk)));
  expect(await ended).toBe(1);
  expect(text).toMatch(/^RUN_FOLDER_INVALID: .*cell\.json/);
  expect(text).not.toMatch(/\n\s+at /);
});
