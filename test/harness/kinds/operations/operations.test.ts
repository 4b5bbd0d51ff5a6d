import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StepProfile } from '../../../../harness/engine/step-graph.js';
import { operations, readResult } from '../../../../harness/kinds/index.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { failureSchema } from '../../../../harness/store/failure.js';
import { execution, operationsJob } from '../../../support/jobs.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { fakeWorker } from '../../../support/fake-parts.js';
import { events, read, runFolder } from '../../../support/run-folders.js';

const never = new AbortController().signal;
const operation = (type: string, device: number) => ({
  name: type,
  type,
  device,
  pass: 'forward' as const,
  inputs: [],
  control: [],
  outputs: [{ shape: [4, 8], bytes: 128, dtype: 'float32' }],
  flops: 0,
});

/** Two operations of one signature and one of another on a device; microseconds 10, 30 and 5. */
const profile: StepProfile = {
  graph: {
    devices: 1,
    operations: [operation('Relu', 0), operation('Relu', 0), operation('Neg', 0)],
    variableBytes: [0],
  },
  start: [Float64Array.of(0, 10, 40)],
  duration: [Float64Array.of(10, 30, 5)],
  span: [50],
  hardware: { kind: 'cpu', model: 'CPU Y' },
};

/** Runs a job whose rows are all profiled as one device; the names of the rows, in the order profiled. */
async function run(how = execution()) {
  const folder = runFolder(operationsJob(), how);
  const order: string[] = [];
  const worker = fakeWorker({
    profile: async (row) => {
      order.push(row);
      return profile;
    },
  });
  const outcome = await runJob(folder, worker, never, () => undefined);
  return { folder, order, outcome };
}

describe('a job on operations', () => {
  it('profiles eight steps of each row, in turns', async () => {
    const { order } = await run();
    const [a, b, c] = ['baseline', 'warpnet1', 'warpnet2'];
    expect(order).toHaveLength(24);
    expect(order.slice(0, 6)).toEqual([a, b, c, c, b, a]);
  });

  it('ends with a price for each signature, and no step times', async () => {
    const { folder, outcome } = await run();
    expect(outcome).toBe('finished');
    const result = readResult(JSON.parse(read(folder, 'result')));
    if (result.kind !== 'operations') throw new Error('another kind of result');
    expect(result.hardware).toBe('test');
    expect(result.otherLoad === null || result.otherLoad >= 0).toBe(true);
    expect(result.times.operations.map(({ type, count }) => ({ type, count }))).toEqual([
      { type: 'Relu', count: 6 },
      { type: 'Neg', count: 3 },
    ]);
    // The mean of the two equal operations, of every step that counts: eight, or fewer on a busy machine.
    const times = result.times.operations[0]?.times ?? [];
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(new Set(times)).toEqual(new Set([20]));
    expect(existsSync(join(folder, 'timings.csv'))).toBe(false);
    expect(operations.csv.records(operationsJob(), result)).toHaveLength(2);
  });

  it('draws its steps where that is asked for', async () => {
    const { folder } = await run(execution({ trace: true }));
    expect(existsSync(join(folder, 'trace.baseline.json'))).toBe(true);
    expect(existsSync(join((await run()).folder, 'trace.baseline.json'))).toBe(false);
  });

  it('fails where the engine times no operations', async () => {
    const folder = runFolder(operationsJob());
    expect(await runJob(folder, fakeWorker(), never, () => undefined)).toBe('failed');
    expect(failureSchema.parse(JSON.parse(read(folder, 'failure'))).code).toBe('PROFILE_EMPTY');
  });

  it('stopped before a step, it has nothing and begins anew', async () => {
    const stop = new AbortController();
    const folder = runFolder(operationsJob());
    const worker = fakeWorker({ beforeStep: () => stop.abort(), profile: async () => profile });
    expect(await runJob(folder, worker, stop.signal, () => undefined)).toBe('stopped');
    expect(events(folder).at(-1)).toMatchObject({ type: 'stopped', step: 0 });
  });

  it('is estimated by its steps: longer for a larger batch, and no longer than its limit of steps takes', () => {
    const device = { kind: 'cpu', cores: 1 } as const;
    const seconds = (batch: number) => operations.seconds(operationsJob({ batch }), device, sizeOf);
    expect(seconds(512)).toBeGreaterThan(seconds(4));
    // A process starts in four seconds.
    expect(seconds(4)).toBeGreaterThan(4);
  });
});
