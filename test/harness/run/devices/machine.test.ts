import { describe, expect, it } from 'vitest';
import { firstThreadsFirst, parseCpuList, usableCores } from '../../../../harness/core/process/cores.js';
import { detectHardware, selectDevices, type Hardware } from '../../../../harness/run/devices/machine.js';
import { visibleAmong } from '../../../../harness/setup/visible-cards.js';
import { place } from '../../../../harness/run/devices/placement.js';
import { Allocator } from '../../../../harness/run/devices/allocator.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { trialsJob } from '../../../support/jobs.js';
import { trainingJob, timingJob } from '../schedule/jobs.js';

const card = (index: number) => ({
  index,
  uuid: `GPU-${index}aaa`,
  model: 'Card X',
  memoryMebibytes: 1024,
  driver: '550',
});
const withCards = (count: number): Hardware => ({
  cpu: 'CPU Y',
  cores: [0, 1, 2, 3],
  memoryBytes: 2 ** 34,
  gpus: Array.from({ length: count }, (_, index) => card(index)),
});

describe('this machine', () => {
  it('has a CPU with a model, cores and memory', async () => {
    const { cpu, cores, memoryBytes } = await detectHardware();
    expect(cpu).not.toBe('');
    expect(cores.length).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(2 ** 28);
    expect(usableCores()).toEqual(cores);
  });
});

describe('cores', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0-1,8,10-11\n', [0, 1, 8, 10, 11]],
    ['', []],
  ])('of the list %j are %j', (text, cores) => {
    expect(parseCpuList(text)).toEqual(cores);
  });

  it('come before the second threads of other cores', () => {
    const siblings = (core: number) => [core % 4, (core % 4) + 4];
    expect(firstThreadsFirst([0, 1, 4, 5, 6], siblings)).toEqual([0, 1, 6, 4, 5]);
  });
});

describe('a CUDA_VISIBLE_DEVICES that is set already', () => {
  const cards = [card(0), card(1), card(2)];
  it.each<[string | undefined, number[]]>([
    [undefined, [0, 1, 2]],
    ['', []],
    ['2,0', [2, 0]],
    ['GPU-1aaa', [1]],
    ['GPU-1,GPU-2a', [1, 2]],
    ['1,-1,2', [1]],
    ['1,7,2', [1]],
    ['NoDevFiles', []],
  ])('to %j leaves cards %j', (visible, indices) => {
    expect(visibleAmong({ kind: 'read', cards, unusable: [] }, visible).cards.map(({ index }) => index)).toEqual(
      indices,
    );
  });
});

describe('--devices', () => {
  it('is by default all GPUs', () => {
    const selected = selectDevices(undefined, withCards(2));
    expect(selected).toMatchObject({ selection: { kind: 'gpus' }, count: 2, model: 'Card X' });
    expect(selected.slots.map(({ gpu }) => gpu)).toEqual(['GPU-0aaa', 'GPU-1aaa']);
  });

  it('is by default every core where there is no GPU', () => {
    expect(selectDevices(undefined, withCards(0))).toMatchObject({
      selection: { kind: 'cores', count: 4 },
      count: 4,
      model: 'CPU Y',
    });
  });

  it.each([
    ['cpu:5', 'this machine has 4 cores', 'cpu:4'],
    ['gpu:0,3', 'this machine has 2 GPUs', 'gpu:0,1'],
  ])('%s is refused with what would fit', (text, why, instead) => {
    expect(() => selectDevices(text, withCards(2))).toThrow(
      expect.objectContaining({
        code: 'DEVICES_MISSING',
        message: expect.stringContaining(why) as string,
        hint: `This would fit: --devices ${instead}`,
      }),
    );
  });

  it('is never a CPU where a GPU was meant, but what was seen and the way to ask for the CPU', () => {
    const broken = { ...withCards(0), gpuTrouble: 'nvidia-smi fails' };
    expect(() => selectDevices(undefined, broken)).toThrow(
      expect.objectContaining({
        code: 'DEVICES_MISSING',
        message: expect.stringContaining('nvidia-smi fails') as string,
        hint: expect.stringContaining('--devices cpu:4') as string,
      }),
    );
    expect(() => selectDevices('gpu', broken)).toThrow('nvidia-smi fails');
    expect(selectDevices('cpu:2', broken)).toMatchObject({ count: 2, model: 'CPU Y' });
  });

  it('is one device a process on MIG instances, however many there are', () => {
    const gpus = withCards(3).gpus.map((one) => ({ ...one, uuid: one.uuid.replace('GPU', 'MIG') }));
    expect(selectDevices(undefined, { ...withCards(0), gpus })).toMatchObject({
      count: 1,
      slots: [{ gpu: 'MIG-0aaa' }, { gpu: 'MIG-1aaa' }, { gpu: 'MIG-2aaa' }],
    });
  });

  it('gpu is refused where nvidia-smi lists none', () => {
    expect(() => selectDevices('gpu', withCards(0))).toThrow(expect.objectContaining({ code: 'DEVICES_MISSING' }));
  });
});

describe('a job is placed', () => {
  const placed = (devices: string | undefined, gpus: number, job: Parameters<typeof place>[0]) => {
    const selected = selectDevices(devices, withCards(gpus));
    const { want, devices: named, pinned } = place(job, selected, sizeOf);
    const allocation = new Allocator(selected.slots, 2 ** 40).take(want);
    return { slots: want.slots, alone: want.alone, devices: allocation && named(allocation), pinned };
  };

  it.each([
    ['cpu:4', 0, trainingJob('e'), { slots: 1, alone: false, devices: 'cpu:1', pinned: true }],
    ['cpu:4', 0, timingJob('t', 2), { slots: 2, alone: true, devices: 'cpu:2', pinned: true }],
    ['cpu', 0, trainingJob('e'), { slots: 4, alone: false, devices: 'cpu', pinned: true }],
    ['cpu', 0, timingJob('t', 1), { slots: 4, alone: true, devices: 'cpu', pinned: true }],
    ['gpu', 4, trainingJob('e'), { slots: 1, alone: false, devices: 'gpu:0', pinned: false }],
    ['gpu', 4, timingJob('t', 3), { slots: 3, alone: true, devices: 'gpu:0,1,2', pinned: false }],
    ['gpu:1/4', 2, timingJob('t', 3), { slots: 1, alone: true, devices: 'gpu:0/4', pinned: false }],
    ['gpu:0,1/2', 2, timingJob('t', 3), { slots: 2, alone: true, devices: 'gpu:0,1/2', pinned: false }],
    // No engine computes it: a card would lie idle under it.
    ['gpu', 2, trialsJob(), { slots: 0, alone: false, devices: 'cpu', pinned: false }],
    ['cpu:4', 0, trialsJob(), { slots: 1, alone: false, devices: 'cpu:1', pinned: true }],
    ['gpu:0/4', 1, trainingJob('e'), { slots: 1, alone: false, devices: 'gpu:0', pinned: false }],
  ])('on %s of %d GPUs: %o', (devices, gpus, job, expected) => {
    expect(placed(devices, gpus, job)).toEqual(expected);
  });
});
