import { expect, it } from 'vitest';
import type { Hardware } from '../../../../harness/run/devices/machine.js';
import { checkHardware } from '../../../../harness/run/slurm/queue/hardware-check.js';
import { training } from '../../../../harness/kinds/index.js';
import { trainingJob } from '../schedule/jobs.js';

const node = (model: string, cores = 8): (() => Promise<Hardware>) => {
  const card = (index: number) => ({ index, uuid: `GPU-${index}`, model, memoryMebibytes: 16_000, driver: '1' });
  return async () => ({
    cpu: 'CPU Y',
    cores: Array.from({ length: cores }, (_, core) => core),
    memoryBytes: 2 ** 35,
    gpus: [card(0), card(1)],
  });
};
it.each([
  ['Tesla P100', 'gpu:0,1', 'Tesla P100'],
  ['Tesla P100, 2 devices a card', 'gpu:0/2', 'Tesla P100'],
  ['CPU Y, one core a device', 'cpu:2', 'Tesla P100'],
  ['CPU Y, 8 cores as one device', 'cpu', 'Tesla P100'],
])('a timing of "%s" on %s is taken on a node that has it', async (hardware, devices, model) => {
  await expect(checkHardware(hardware, devices, node(model))).resolves.toBeUndefined();
});

it.each([
  ['Tesla P100', 'gpu:0,1', 'Tesla V100'],
  ['Tesla P100', 'gpu:0/2', 'Tesla P100'],
  ['CPU X, one core a device', 'cpu:2', 'Tesla P100'],
  ['CPU Y, 16 cores as one device', 'cpu', 'Tesla P100'],
])('a timing of "%s" on %s is refused on a node with %s', async (hardware, devices, model) => {
  await expect(checkHardware(hardware, devices, node(model))).rejects.toMatchObject({
    code: 'HARDWARE_DIFFERS',
  });
});

it('a training runs on any node', async () => {
  await expect(
    checkHardware(training.bound(trainingJob('a'))?.hardware ?? null, 'gpu:0', node('Tesla V100')),
  ).resolves.toBeUndefined();
});
