import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runFile } from '../../../../harness/store/run-folder.js';
import { failureSchema } from '../../../../harness/store/failure.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { readSafetensors } from '../../../../harness/kinds/training/safetensors.js';
import { fakeWorker, type FakeOptions } from '../../../support/fake-parts.js';
import { trainingJob, events, read, runFolder } from '../../../support/run-folders.js';

const quiet = () => undefined;
const never = new AbortController().signal;

const run = (folder: string, options: FakeOptions = {}, signal = never, warn: (line: string) => void = quiet) =>
  runJob(folder, fakeWorker(options), signal, warn);

/** A run that dies without a word while step `step` is computed, as after kill -9: what it wrote stays. */
async function runKilledIn(folder: string, step: number) {
  const beforeStep = (at: number) => {
    if (at === step) throw new Error('killed');
  };
  await run(folder, { beforeStep });
}

describe('failures', () => {
  const failure = (folder: string) => failureSchema.parse(JSON.parse(read(folder, 'failure')));

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('a loss of %f ends the run at that step', async (bad) => {
    const folder = runFolder(trainingJob());
    expect(await run(folder, { lossOf: (step, loss) => (step === 5 ? bad : loss) })).toBe('failed');
    expect(failure(folder)).toMatchObject({ kind: 'diverged', code: 'LOSS_DIVERGED' });
    expect(failure(folder).message).toContain('step 6');
    expect(existsSync(runFile(folder, 'result'))).toBe(false);
    // The checkpoint is of before.
    expect(readSafetensors(runFile(folder, 'checkpoint')).metadata['step']).toBe('4');
    expect(events(folder).at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'diverged' } });
  });

  it.each([
    ['ResourceExhaustedError: OOM when allocating tensor with shape[128,64,32,32]', 'out-of-memory', 'OUT_OF_MEMORY'],
    ['CUDA_ERROR_OUT_OF_MEMORY: out of memory', 'out-of-memory', 'OUT_OF_MEMORY'],
    ['failed to synchronize: CUDA_ERROR_ILLEGAL_ADDRESS', 'device-lost', 'DEVICE_LOST'],
    ['x is not a function', 'exit', 'INTERNAL_ERROR'],
  ])('%s', async (message, kind, code) => {
    const folder = runFolder(trainingJob());
    const beforeStep = () => {
      throw new Error(message);
    };
    expect(await run(folder, { beforeStep })).toBe('failed');
    expect(failure(folder)).toMatchObject({ kind, code, attempt: 1 });
  });

  it('a failure of an earlier attempt does not outlive a success', async () => {
    const folder = runFolder(trainingJob());
    await runKilledIn(folder, 3);
    expect(existsSync(runFile(folder, 'failure'))).toBe(true);
    await run(folder);
    expect(existsSync(runFile(folder, 'failure'))).toBe(false);
  });

  it('an unreadable job is refused with the place', async () => {
    const folder = runFolder(trainingJob());
    writeFileSync(runFile(folder, 'job'), JSON.stringify({ ...trainingJob(), replicas: 0 }));
    await expect(run(folder)).rejects.toThrow(/cell\.json: replicas/);
  });
});
