/** What a run says of GPUs: those that are left out, those that the wheels have no code for, and none where one was meant. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Hardware } from '../../../harness/run/devices/machine.js';
import { Program, smallTable } from './program.js';

let program: Program;
beforeEach(() => {
  vi.stubEnv('FAKE_WORKER_SOCKET', undefined);
  program = new Program();
});
afterEach(() => {
  vi.unstubAllEnvs();
  program.close();
});

const machine: Hardware = { cpu: 'CPU Y', cores: [0, 1], memoryBytes: 2 ** 35, gpus: [] };
const lost = 'GPU 1, Card X, cannot be used: GPU is lost';
const blackwell: Hardware = {
  ...machine,
  gpus: [
    {
      ...{ index: 0, uuid: 'GPU-5090', model: 'RTX 5090', memoryMebibytes: 32_000, driver: '570.86' },
      computeCapability: '12.0',
    },
  ],
  leftOut: [lost],
};

it('a card that is left out and one that the wheels have no code for are told, and jobs run on what is left', async () => {
  const { exitCode, messages } = await program.run(smallTable, { hardware: blackwell });
  expect(exitCode).toBe(0);
  expect(messages).toContain(lost);
  expect(messages).toContain('GPU 0 (RTX 5090) has compute capability 12.0');
  expect(messages).toContain('WARPNET_TENSORFLOW');
});

it('with a TensorFlow of its own nothing is said of compute capability', async () => {
  const environment = { WARPNET_TENSORFLOW: '/own/tensorflow' };
  const { messages } = await program.run(smallTable, { hardware: blackwell, environment });
  expect(messages).toContain(lost);
  expect(messages).not.toContain('compute capability');
});

it('where a GPU was meant and none can be used nothing runs, until the CPU is asked for', async () => {
  const hardware = { ...machine, gpuTrouble: 'nvidia-smi cannot tell of any GPU' };
  const stopped = await program.run(smallTable, { hardware });
  expect(stopped.exitCode).toBe(1);
  expect(stopped.messages).toContain('nvidia-smi cannot tell of any GPU');
  expect(stopped.messages).toContain('--devices cpu:2');
  expect(program.store.ids()).toEqual([]);
  expect((await program.run([...smallTable, '--devices', 'cpu:2'], { hardware })).exitCode).toBe(0);
});
