/** The real worker, killed on both sides of the step at which a network grows. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { datasetChecksum } from '../../../datasets/open.js';
import { multilevel } from '../../../experiments/multilevel/index.js';
import { readSafetensors } from '../../../harness/kinds/training/safetensors.js';
import { readResult, type TrainingJob } from '../../../harness/kinds/index.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { systemNamed } from '../../../harness/plan/paper/paper.js';
import type { WorkerEvent } from '../../../harness/store/events.js';
import { runFile } from '../../../harness/store/run-folder.js';
import { realWorker } from '../../support/real-worker.js';
import { attempt, events, execution, read, readBytes, runFolder, trainingJob } from '../../support/run-folders.js';

const growAt = [3];
const steps = 6;

async function jobOf(): Promise<TrainingJob> {
  const network = systemNamed(multilevel, 'ResNet').network(
    { width: 2, firstBlocks: 1, blocks: 2, stepSize: 'halved' },
    10,
  );
  return trainingJob(
    {
      ...{ steps, batch: 8, evaluateEvery: 2, learningRate: 0.05, dropSteps: [], dropFactor: 1, growAt },
      cosine: { final: 0.01, restarts: growAt },
    },
    {
      paper: multilevel.id,
      protocol: new ExperimentFolder(multilevel).protocol('paper'),
      network,
      dataChecksum: await datasetChecksum('synthetic', { cacheFolder: tmpdir(), trainImages: 64 }),
      trainImages: 64,
    },
  );
}

/** cpu:1, where the same step gives the same bits. */
const traced = (number: number) => execution({ engine: 'traced', dataCache: tmpdir(), attempt: number });

/** Runs the worker; kills it at the first event that `at` accepts. Resolves to its exit code, or null where it was killed. */
async function work(folder: string, at: (event: WorkerEvent) => boolean = () => false): Promise<number | null> {
  const [program = '', ...args] = realWorker;
  const child = spawn(program, [...args, folder], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let code: number | null | undefined;
  child.on('close', (number) => {
    code = number;
  });
  const seen = existsSync(runFile(folder, 'events')) ? events(folder).length : 0;
  const isDue = () => existsSync(runFile(folder, 'events')) && whole(folder).slice(seen).some(at);
  await expect
    .poll(
      () => {
        if (code === undefined && isDue()) child.kill('SIGKILL');
        return code !== undefined;
      },
      { timeout: 120_000, interval: 10 },
    )
    .toBe(true);
  return code ?? null;
}

/** Its last line may be torn. */
const whole = (folder: string): WorkerEvent[] =>
  read(folder, 'events')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as WorkerEvent);

it('ends with the same bytes as one never interrupted, and with the same errors', { timeout: 300_000 }, async () => {
  const job = await jobOf();
  const undisturbed = runFolder(job, traced(1));
  expect(await work(undisturbed)).toBe(0);
  const { metadata, tensors } = readSafetensors(runFile(undisturbed, 'checkpoint'));
  expect(metadata).toMatchObject({ step: '6', phase: '2' });
  // The grown network is the one that is kept.
  expect(tensors.map(({ name }) => name)).toContain('stage1/block2/convolution1');

  const folder = runFolder(job, traced(1));
  // The smaller network has been saved at the step at which it grows, and nothing of the larger one yet.
  await work(folder, ({ type, ...event }) => type === 'checkpointed' && 'step' in event && event.step === 3);
  const saved = readSafetensors(runFile(folder, 'checkpoint')).metadata;
  expect(Number(saved['step'])).toBeGreaterThanOrEqual(3);
  attempt(folder, traced(2));
  // Then in the larger one's first steps.
  await work(folder, ({ type, ...event }) => type === 'checkpointed' && 'step' in event && event.step === 4);
  attempt(folder, traced(3));
  expect(await work(folder)).toBe(0);

  expect(readBytes(folder, 'checkpoint').equals(readBytes(undisturbed, 'checkpoint'))).toBe(true);
  expect(read(folder, 'epochs')).toBe(read(undisturbed, 'epochs'));
  const resultOf = (of: string) => {
    const result = readResult(JSON.parse(read(of, 'result')));
    if (result.kind !== 'error') throw new Error('no training');
    return result;
  };
  const [ours, expected] = [resultOf(folder), resultOf(undisturbed)];
  expect(ours).toMatchObject({ last: expected.last, evaluations: expected.evaluations, probes: expected.probes });
  expect(ours.evaluations.map(({ step, phase }) => [step, phase])).toEqual([
    [2, 1],
    [3, 1],
    [3, 2],
    [4, 2],
    [6, 2],
  ]);
  expect(Object.keys(ours.probes ?? {})).toHaveLength(6);
});
