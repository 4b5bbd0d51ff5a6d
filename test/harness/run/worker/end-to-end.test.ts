/** The real worker: built program, real engine, synthetic images, networks of seven and thirteen layers. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { datasetChecksum } from '../../../../datasets/open.js';
import { readResult, type Job, type TrainingJob } from '../../../../harness/kinds/index.js';
import type { Execution } from '../../../../harness/store/execution.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { readSafetensors } from '../../../../harness/kinds/training/safetensors.js';
import { warpnetNetwork } from '../../../support/papers.js';
import { realWorker } from '../../../support/real-worker.js';
import { longTier } from '../../../tier.js';
import { findTool, missingTool } from '../../../tools.js';
import {
  attempt,
  csv,
  trainingJob,
  events,
  execution,
  read,
  readBytes,
  runFolder,
  timingJob,
} from '../../../support/run-folders.js';

const traced = (others: Partial<Execution> = {}) => execution({ engine: 'traced', dataCache: tmpdir(), ...others });

let dataChecksum: string;
beforeAll(async () => {
  dataChecksum = await datasetChecksum('synthetic', { cacheFolder: tmpdir(), trainImages: null });
});

const jobOf = (training: Partial<TrainingJob['training']>, others: Partial<TrainingJob> = {}) =>
  trainingJob({ dropSteps: [], evaluateEvery: 1000, ...training }, { dataChecksum, ...others });

function start(folder: string) {
  const [program = '', ...args] = realWorker;
  const child = spawn(program, [...args, folder], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, errors });
    });
  });
  return { child, ended };
}

async function run(job: Job, how: Execution): Promise<string> {
  const folder = runFolder(job, how);
  const { code, errors } = await start(folder).ended;
  // What TensorFlow says of itself when oneDNN is on; it cannot be silenced.
  const said = errors.split('\n').filter((line) => !/absl::InitializeLog|oneDNN custom operations/.test(line));
  expect(said.join('\n')).toBe('');
  expect(code).toBe(0);
  return folder;
}

const steps = longTier ? 30 : 16;
const network = warpnetNetwork({ family: 'wrn', unitsPerStage: longTier ? 2 : 1, kw: 1, classes: 10 });

describe('a training', () => {
  it('learns; stopped and resumed on cpu:1 it ends with the same bytes, losses and errors', async () => {
    const job = jobOf({ steps, batch: 32, evaluateEvery: longTier ? 10 : steps }, { network });
    const whole = await run(job, traced());
    const losses = csv(whole, 'steps').map((row) => Number(row['loss']));
    expect(losses).toHaveLength(steps);
    // Ten classes: ln 10 = 2.3 at the start. Its last losses are about 0.1; 1 is far from both.
    expect(Math.max(...losses.slice(-3))).toBeLessThan(1);
    const result = readResult(JSON.parse(read(whole, 'result')));
    expect(result).toMatchObject({ trainImages: 2048, validationImages: 512 });

    const folder = runFolder(job, traced());
    const first = start(folder);
    const hasStepped = () => existsSync(runFile(folder, 'events')) && read(folder, 'events').includes('"type":"step"');
    await expect.poll(hasStepped, { timeout: 60_000, interval: 20 }).toBe(true);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(130);
    const stopped = events(folder).at(-1);
    if (stopped?.type !== 'stopped') throw new Error('not stopped');
    expect(readSafetensors(runFile(folder, 'checkpoint')).metadata['step']).toBe(String(stopped.step));

    attempt(folder, traced({ attempt: 2 }));
    expect((await start(folder).ended).code).toBe(0);
    expect(readBytes(folder, 'checkpoint')).toEqual(readBytes(whole, 'checkpoint'));
    expect(csv(folder, 'steps').map((row) => row['loss'])).toEqual(csv(whole, 'steps').map((row) => row['loss']));
    expect(read(folder, 'epochs')).toBe(read(whole, 'epochs'));
  }, 120_000);

  it('cut into two replicas computes the same on one device as on two', async () => {
    const job = jobOf({ steps: 3, batch: 8 }, { replicas: 2 });
    const [one, two] = [await run(job, traced({ devices: 'cpu:1' })), await run(job, traced({ devices: 'cpu:2' }))];
    expect(readBytes(one, 'checkpoint')).toEqual(readBytes(two, 'checkpoint'));
    // Each replica has weights of its own, which stay alike.
    const { tensors } = readSafetensors(runFile(one, 'checkpoint'));
    const valuesOf = (name: string) => tensors.find((tensor) => tensor.name === name)?.values;
    expect(valuesOf('stem/convolution')).toBeDefined();
    expect(valuesOf('replica1/stem/convolution')).toEqual(valuesOf('stem/convolution'));
  }, 120_000);

  it('refuses images that are not those it was planned with, without a stack trace', async () => {
    const folder = runFolder(jobOf({}, { dataChecksum: 'f'.repeat(64) }), traced());
    const { code, errors } = await start(folder).ended;
    expect(code).toBe(3);
    expect(JSON.parse(read(folder, 'failure'))).toMatchObject({ kind: 'problem', code: 'DATA_CHANGED' });
    expect(errors).toMatch(/^DATA_CHANGED: /);
    expect(errors).not.toMatch(/\n\s+at /);
  });

  describe.runIf(longTier)('its checkpoint', () => {
    it.skipIf(longTier && missingTool('jax'))('opens in Python with the safetensors package', async () => {
      const folder = await run(jobOf({ steps: 2, batch: 8 }), traced());
      const program = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as file:
    names = list(file.keys())
    sums = {name: [list(file.get_tensor(name).shape), float(file.get_tensor(name).astype("float64").sum())] for name in names}
    print(json.dumps({"metadata": file.metadata(), "sums": sums}))
`;
      const python = findTool('jax') ?? 'python3';
      const seen = JSON.parse(
        execFileSync(python, ['-c', program, runFile(folder, 'checkpoint')], { encoding: 'utf8' }),
      ) as { metadata: Record<string, string>; sums: Record<string, [number[], number]> };
      const file = readSafetensors(runFile(folder, 'checkpoint'));
      expect(seen.metadata).toEqual(file.metadata);
      expect(Object.keys(seen.sums).toSorted()).toEqual(file.tensors.map(({ name }) => name).toSorted());
      for (const { name, shape, values } of file.tensors) {
        expect(seen.sums[name]?.[0]).toEqual(shape);
        // Sums of float64 in another order.
        expect(seen.sums[name]?.[1]).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          9,
        );
      }
    });
  });
});

describe('a timing', () => {
  const rows = timingJob().rows.slice(0, 2);

  it('times a WRN and a WarpNet1 in turns on two devices, and draws their steps', async () => {
    const job = timingJob({ rows, batch: 4, rounds: 2, stepsPerRound: 1 });
    const folder = await run(job, traced({ devices: 'cpu:2' }));
    const result = readResult(JSON.parse(read(folder, 'result')));
    if (result.kind !== 'timing') throw new Error('not a timing');
    // More rounds follow where others disturb these.
    const turns = csv(folder, 'timings').map(({ row }) => row);
    expect(turns.slice(0, 4)).toEqual(['baseline', 'warpnet1', 'warpnet1', 'baseline']);
    const [baseline, warpnet] = result.rows;
    // Equal numbers of parameters (method.md 6.5).
    expect(warpnet?.parameters).toBe(baseline?.parameters);
    const [first, second, span] = baseline?.busySeconds ?? [];
    // `[F1, F2]` is one bracket: the second device has nothing to do.
    expect(second).toBeLessThan(0.05 * (first ?? 0));
    expect(span).toBeGreaterThanOrEqual(first ?? Number.NaN);
    expect(warpnet?.busySeconds?.[1]).toBeGreaterThan(0.2 * (warpnet?.busySeconds?.[0] ?? Number.NaN));
    for (const { row } of rows)
      for (const file of [`trace.${row}.json`, `trace.${row}.svg`]) expect(existsSync(join(folder, file))).toBe(true);
  }, 60_000);

  it('refuses a layout that needs more devices than there are', async () => {
    const folder = runFolder(timingJob({ rows }), traced({ devices: 'cpu:1' }));
    expect((await start(folder).ended).code).toBe(3);
    expect(JSON.parse(read(folder, 'failure'))).toMatchObject({ kind: 'problem', code: 'DEVICES_TOO_FEW' });
  });
});
