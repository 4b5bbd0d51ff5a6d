import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runFile } from '../../../../harness/store/run-folder.js';
import { readResult } from '../../../../harness/kinds/index.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { encodeSafetensors, readSafetensors } from '../../../../harness/kinds/training/safetensors.js';
import { fakeWorker, type FakeOptions } from '../../../support/fake-parts.js';
import {
  attempt,
  csv,
  trainingJob,
  events,
  execution,
  read,
  readBytes,
  runFolder,
} from '../../../support/run-folders.js';

const quiet = () => undefined;
const never = new AbortController().signal;

const run = (folder: string, options: FakeOptions = {}, signal = never, warn: (line: string) => void = quiet) =>
  runJob(folder, fakeWorker(options), signal, warn);

/** A run stopped on request while step `step` (from 0) is computed. */
function runStoppedIn(folder: string, step: number) {
  const stop = new AbortController();
  return run(folder, { beforeStep: (at) => (at === step ? stop.abort() : undefined) }, stop.signal);
}

/** A run that dies without a word while step `step` is computed, as after kill -9: what it wrote stays. */
async function runKilledIn(folder: string, step: number) {
  const beforeStep = (at: number) => {
    if (at === step) throw new Error('killed');
  };
  await run(folder, { beforeStep });
}

describe('a training job', () => {
  it('ends with a result that says what was measured', async () => {
    const folder = runFolder(trainingJob());
    expect(await run(folder)).toBe('finished');
    const result = readResult(JSON.parse(read(folder, 'result')));
    if (result.kind !== 'error') throw new Error('not an error result');
    expect(result.evaluations.map(({ step, epoch }) => ({ step, epoch }))).toEqual([
      { step: 4, epoch: 1 },
      { step: 8, epoch: 2 },
      { step: 12, epoch: 3 },
    ]);
    expect(result).toMatchObject({ parameters: 12, trainImages: 20, validationImages: 12, attempts: 1 });
    expect(result.last).toEqual(result.evaluations[2]);
    expect(result.best.errorPct).toBe(Math.min(...result.evaluations.map(({ errorPct }) => errorPct)));
    expect(result.environment.tensorflow).toBe('fake 1.0');
    // The CSV has nine digits.
    expect(result.finalLoss).toBeCloseTo(Number(csv(folder, 'steps')[11]?.['loss']), 8);
    // Twelve steps of a convex problem.
    expect(result.finalLoss).toBeLessThan(Number(csv(folder, 'steps')[0]?.['loss']));
  });

  it('says what was seen of the network on the way, the same after an interruption', async () => {
    const diagnose = ([weight = NaN]: Float32Array): number => weight;
    const seen = (folder: string) => {
      const result = readResult(JSON.parse(read(folder, 'result')));
      return result.kind === 'error' ? result.diagnoses : undefined;
    };
    const folder = runFolder(trainingJob({ diagnoseEvery: 5 }));
    await run(folder, { diagnose });
    expect(seen(folder)?.map(({ step }) => step)).toEqual([0, 5, 10]);
    expect(new Set(seen(folder)?.map(({ values }) => values['seen'])).size).toBe(3);

    const stopped = runFolder(trainingJob({ diagnoseEvery: 5 }));
    const stop = new AbortController();
    await run(stopped, { diagnose, beforeStep: (at) => (at === 6 ? stop.abort() : undefined) }, stop.signal);
    await run(stopped, { diagnose });
    expect(seen(stopped)).toEqual(seen(folder));
  });

  it('evaluates after the last step even where it is no multiple', async () => {
    const folder = runFolder(trainingJob({ steps: 6 }));
    await run(folder);
    expect(csv(folder, 'epochs').map((row) => row['step'])).toEqual(['4', '6']);
  });

  it('has the documented columns in its CSVs', async () => {
    const folder = runFolder(trainingJob({ evaluateEvery: 12 }));
    await run(folder);
    expect(read(folder, 'steps').split('\n')[0]).toBe('step,epoch,learningRate,loss,milliseconds,idleMilliseconds');
    expect(read(folder, 'epochs').split('\n')[0]).toBe('step,epoch,errorPct,top5ErrorPct,sampledErrorPct,loss');
    const rows = csv(folder, 'steps');
    expect(rows.map((row) => row['step'])).toEqual(Array.from({ length: 12 }, (_, i) => String(i + 1)));
    expect(rows.map((row) => Number(row['learningRate']))).toEqual([
      ...Array<number>(6).fill(0.1),
      ...Array<number>(6).fill(0.01),
    ]);
    for (const row of rows) expect(Number(row['idleMilliseconds'])).toBeLessThanOrEqual(Number(row['milliseconds']));
  });

  it('keeps its final weights, and leaves no temporary file', async () => {
    const folder = runFolder(trainingJob());
    await run(folder);
    const { metadata, tensors } = readSafetensors(runFile(folder, 'checkpoint'));
    expect(metadata).toMatchObject({ job: trainingJob().id, step: '12', seed: '0' });
    expect(tensors.map(({ name }) => name)).toEqual(['classifier/weights', 'momentum/classifier/weights']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('tells its events in order', async () => {
    const folder = runFolder(trainingJob({ steps: 4 }));
    await run(folder);
    const told = events(folder);
    expect(told.map(({ type }) => type).filter((type) => type !== 'phase' && type !== 'step')).toEqual([
      'started',
      'evaluated',
      'checkpointed',
      'finished',
    ]);
    expect(told.filter(({ type }) => type === 'step').at(-1)).toMatchObject({ step: 4, steps: 4, learningRate: 0.1 });
  });

  it('draws the released code’s figure where the protocol asks for it', async () => {
    const job = trainingJob();
    const folder = runFolder({ ...job, protocol: { ...job.protocol, sampledEvaluation: 1000 } });
    await run(folder);
    const row = csv(folder, 'epochs')[2];
    expect(Math.abs(Number(row?.['sampledErrorPct']) - Number(row?.['errorPct']))).toBeLessThan(8); // 5 deviations of 1000 draws
  });
});

describe('interrupted and resumed', () => {
  const steps = Array.from({ length: 12 }, (_, step) => step);

  async function undisturbed(): Promise<string> {
    const folder = runFolder(trainingJob());
    await run(folder);
    return folder;
  }

  const withoutTimes = (folder: string) =>
    csv(folder, 'steps').map(({ step, epoch, learningRate, loss }) => ({ step, epoch, learningRate, loss }));

  it.each(steps)('stopped in step %i, it ends with the bytes of a run that never was', async (step) => {
    const whole = await undisturbed();
    const folder = runFolder(trainingJob());
    const first = await runStoppedIn(folder, step);
    // A stop in the last step leaves the evaluation to do.
    expect(first).toBe('stopped');
    expect(existsSync(runFile(folder, 'result'))).toBe(false);
    expect(events(folder).at(-1)).toMatchObject({ type: 'stopped', step: step + 1 });
    attempt(folder, execution({ attempt: 2 }));
    expect(await run(folder)).toBe('finished');
    expect(events(folder).find(({ type }) => type === 'resumed')).toMatchObject({ step: step + 1, attempt: 2 });
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
    expect(withoutTimes(folder)).toEqual(withoutTimes(whole));
    expect(read(folder, 'epochs')).toBe(read(whole, 'epochs'));
  });

  it.each(steps)('killed in step %i, it goes back to its last checkpoint and holds no step twice', async (step) => {
    const whole = await undisturbed();
    const folder = runFolder(trainingJob());
    await runKilledIn(folder, step);
    appendFileSync(runFile(folder, 'steps'), '11,2.75,0.0'); // a torn row
    attempt(folder, execution({ attempt: 2 }));
    expect(await run(folder)).toBe('finished');
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
    expect(withoutTimes(folder)).toEqual(withoutTimes(whole));
    expect(read(folder, 'epochs')).toBe(read(whole, 'epochs'));
  });

  it('killed between the last checkpoint and the result, it trains nothing again', async () => {
    const folder = await undisturbed();
    const result = read(folder, 'result');
    rmSync(runFile(folder, 'result'));
    const again: number[] = [];
    expect(await run(folder, { beforeStep: (step) => void again.push(step) })).toBe('finished');
    expect(again).toEqual([]);
    const { last, finalLoss } = JSON.parse(result) as { last: unknown; finalLoss: number };
    expect(JSON.parse(read(folder, 'result'))).toMatchObject({ last, finalLoss });
  });

  it('stopped in an evaluation, it evaluates that step when it comes back', async () => {
    const whole = await undisturbed();
    const folder = runFolder(trainingJob());
    const stop = new AbortController();
    expect(
      await run(folder, { beforeEvaluation: (batch) => (batch === 1 ? stop.abort() : undefined) }, stop.signal),
    ).toBe('stopped');
    expect(csv(folder, 'epochs')).toEqual([]);
    expect(await run(folder)).toBe('finished');
    expect(read(folder, 'epochs')).toBe(read(whole, 'epochs'));
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
  });

  it('writes a checkpoint every so many seconds', async () => {
    const folder = runFolder(trainingJob({ evaluateEvery: 12 }), execution({ checkpointSeconds: 1e-9 }));
    await run(folder);
    // After steps 1 to 11 by the clock, after step 12 with its evaluation.
    expect(events(folder).flatMap((event) => (event.type === 'checkpointed' ? [event.step] : []))).toEqual(
      steps.map((step) => step + 1),
    );
  });

  it('puts a damaged checkpoint aside, says so, and begins again', async () => {
    const whole = await undisturbed();
    const folder = runFolder(trainingJob());
    await runStoppedIn(folder, 5);
    writeFileSync(runFile(folder, 'checkpoint'), readBytes(folder, 'checkpoint').subarray(0, 100));
    const lines: string[] = [];
    expect(await run(folder, {}, never, (line) => void lines.push(line))).toBe('finished');
    expect(lines.join('\n')).toMatch(/is not a checkpoint.*starting from the first step/);
    expect(existsSync(`${runFile(folder, 'checkpoint')}.damaged`)).toBe(true);
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
  });

  it.each([
    ['the last momentum', 1],
    ['the first weight', 96],
  ])('does not go on from a checkpoint with one bit of %s changed, and says so', async (_, fromEnd) => {
    const whole = await undisturbed();
    const folder = runFolder(trainingJob());
    await runStoppedIn(folder, 5);
    const bytes = readBytes(folder, 'checkpoint');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - fromEnd) ^ 1, bytes.length - fromEnd);
    writeFileSync(runFile(folder, 'checkpoint'), bytes);
    const lines: string[] = [];
    expect(await run(folder, {}, never, (line) => void lines.push(line))).toBe('finished');
    expect(lines.join('\n')).toMatch(/checkpoint\.safetensors is damaged.*starting from the first step/);
    expect(events(folder).some(({ type }) => type === 'resumed')).toBe(false);
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
  });

  it('does not go on from a checkpoint whose evaluations were changed', async () => {
    const folder = runFolder(trainingJob());
    await runStoppedIn(folder, 5);
    const { metadata, tensors } = readSafetensors(runFile(folder, 'checkpoint'));
    const [evaluation] = JSON.parse(metadata['evaluations'] ?? '[]') as { errorPct: number }[];
    const evaluations = JSON.stringify([{ ...evaluation, errorPct: 0 }]);
    writeFileSync(
      runFile(folder, 'checkpoint'),
      Buffer.concat([...encodeSafetensors({ metadata: { ...metadata, evaluations }, tensors })]),
    );
    const lines: string[] = [];
    await run(folder, {}, never, (line) => void lines.push(line));
    expect(lines.join('\n')).toContain('is damaged');
  });

  it('does not go on from a checkpoint of a format without a checksum', async () => {
    const folder = runFolder(trainingJob());
    await runStoppedIn(folder, 5);
    const { metadata, tensors } = readSafetensors(runFile(folder, 'checkpoint'));
    const old = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== 'sha256'));
    writeFileSync(
      runFile(folder, 'checkpoint'),
      Buffer.concat([...encodeSafetensors({ metadata: { ...old, schema: '1' }, tensors })]),
    );
    const lines: string[] = [];
    expect(await run(folder, {}, never, (line) => void lines.push(line))).toBe('finished');
    expect(lines.join('\n')).toMatch(/format 1.*starting from the first step/);
  });

  it('does not take another job’s checkpoint', async () => {
    const folder = runFolder(trainingJob({}, { id: 'e-other' }));
    await runStoppedIn(folder, 5);
    writeFileSync(runFile(folder, 'job'), JSON.stringify(trainingJob()));
    await run(folder);
    expect(events(folder).some(({ type }) => type === 'resumed')).toBe(false);
  });
});
