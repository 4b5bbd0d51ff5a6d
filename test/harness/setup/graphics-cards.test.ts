import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../harness/core/problem.js';
import { gpuChecks, trySteps, type Trial } from '../../../harness/setup/gpu-checks.js';
import { readGraphicsCards, type GraphicsCard } from '../../../harness/core/process/graphics-cards.js';
import { nativeLibrary, type NativeLibrary } from '../../../harness/setup/native-library.js';
import { visibleAmong } from '../../../harness/setup/visible-cards.js';
import { pretendFailure, pretendNvidiaSmi, type PretendedCard } from './pretended-nvidia-smi.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nvidia-smi-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: folder,
  ...more,
});
const read = () => readGraphicsCards(environment());
const own: NativeLibrary = {
  ...{ folder: '/own/tensorflow', cc: '', framework: '', version: '2.21.0', source: 'WARPNET_TENSORFLOW' },
};
const works: Trial = async () => undefined;
/** `doctor`'s lines, with this variable set. */
const doctor = (more: Record<string, string> = {}, library: NativeLibrary | Problem = own, trial: Trial = works) =>
  gpuChecks(library, environment(more), trial);

const card = (index: number, more: Partial<PretendedCard> = {}): PretendedCard => ({
  ...{ index, uuid: `GPU-${index}aaa-bbb`, model: 'NVIDIA A100-SXM4-40GB' },
  ...more,
});

describe('nvidia-smi has three answers', () => {
  it('no tool: the machine has no GPU, and jobs run on cores', async () => {
    expect(await read()).toEqual({ kind: 'no-tool' });
    expect(await doctor()).toEqual([{ name: 'GPUs', status: 'ok', detail: 'no nvidia-smi: jobs run on CPU cores' }]);
  });

  it('nothing there', async () => {
    pretendFailure(folder, 'No devices were found', 6);
    expect(await read()).toEqual({ kind: 'read', cards: [], unusable: [] });
    expect(await doctor()).toMatchObject([{ status: 'ok', detail: 'nvidia-smi lists none: jobs run on CPU cores' }]);
  });

  it('it failed, in its words', async () => {
    pretendFailure(
      folder,
      'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.86',
      18,
    );
    expect(await read()).toEqual({
      kind: 'failed',
      reason:
        '"Failed to initialize NVML: Driver/library version mismatch NVML library version: 570.86" (exit code 18)',
    });
    expect(await doctor()).toMatchObject([
      {
        status: 'missing',
        detail: expect.stringContaining('Driver/library version mismatch') as string,
        hint: expect.stringMatching(/restart the machine.*--devices cpu/) as string,
      },
    ]);
  });
});

describe('a machine with a card in ERR!', () => {
  const others = [0, 2];

  it.each<[string, Partial<PretendedCard>, string, string]>([
    ['whose handle is lost', { lost: 'GPU is lost. Reboot the system' }, 'GPU at 0000:3B:00.0', 'GPU is lost'],
    ['that tells ERR!', { values: { 'memory.total': 'ERR!' } }, 'GPU 1, NVIDIA A100-SXM4-40GB', 'ERR!'],
    ['with an unknown error', { values: { 'memory.used': '[Unknown Error]' } }, 'GPU 1,', '[Unknown Error]'],
  ])('%s keeps the others, and the loss is told', async (_, trouble, name, reason) => {
    pretendNvidiaSmi(folder, { cards: [card(0), card(1, trouble), card(2)] });
    const reading = await read();
    if (reading.kind !== 'read') throw new Error(reading.kind);
    expect(reading.cards.map(({ index }) => index)).toEqual(others);
    expect(reading.unusable).toMatchObject([
      { name: expect.stringContaining(name) as string, reason: expect.stringContaining(reason) as string },
    ]);
    const checks = await doctor();
    expect(checks.map(({ status }) => status)).toEqual(['ok', 'warning', 'ok', 'ok']);
    expect(checks[1]?.detail).toContain(reason);
  });

  it('and no other has no GPU to use, which is not the same as none', async () => {
    pretendNvidiaSmi(folder, { cards: [card(0, { values: { name: '[GPU is lost]' } })] });
    expect(visibleAmong(await read(), undefined)).toMatchObject({
      cards: [],
      trouble: expect.stringContaining('[GPU is lost]') as string,
    });
    expect(await doctor()).toMatchObject([{ status: 'missing' }]);
  });
});

describe('a machine with MIG', () => {
  const instance = (profile: string, number: number, uuid: string): string =>
    `  MIG ${profile}      Device  ${number}: (UUID: ${uuid})`;
  const cut = card(1, {
    values: { 'mig.mode.current': 'Enabled' },
    instances: [instance('3g.20gb', 0, 'MIG-c6d4f1ef-42e4'), instance('1g.5gb+me', 1, 'MIG-cba663e8-9bed')],
  });
  beforeEach(() => {
    pretendNvidiaSmi(folder, { cards: [card(0), cut, card(2, { values: { 'mig.mode.current': 'Enabled' } })] });
  });
  const chosen = async (visible: string | undefined) =>
    visibleAmong(await read(), visible).cards.map(({ uuid }) => uuid);

  it('has its instances in place of the card, with the memory that their profile names', async () => {
    const reading = await read();
    if (reading.kind !== 'read') throw new Error(reading.kind);
    expect(reading.cards).toMatchObject([
      { uuid: 'GPU-0aaa-bbb', memoryMebibytes: 40960 },
      // 20 GB and 5 GB, of 10^9 bytes.
      { uuid: 'MIG-c6d4f1ef-42e4', model: 'NVIDIA A100-SXM4-40GB MIG 3g.20gb', memoryMebibytes: 19073 },
      { uuid: 'MIG-cba663e8-9bed', model: 'NVIDIA A100-SXM4-40GB MIG 1g.5gb+me', memoryMebibytes: 4768 },
    ]);
    expect(reading.unusable).toMatchObject([{ name: expect.stringContaining('GPU 2') as string }]);
  });

  it('takes the instance that CUDA_VISIBLE_DEVICES names, by its whole name or the beginning of it', async () => {
    expect(await chosen('MIG-cba663e8-9bed')).toEqual(['MIG-cba663e8-9bed']);
    expect(await chosen('MIG-cba')).toEqual(['MIG-cba663e8-9bed']);
    expect(await chosen('1')).toEqual(['MIG-c6d4f1ef-42e4']);
  });

  it('stops where it names none of them, and says what there is', async () => {
    const { cards, trouble } = visibleAmong(await read(), 'MIG-00000000-0000');
    expect(cards).toEqual([]);
    expect(trouble).toContain('CUDA_VISIBLE_DEVICES is "MIG-00000000-0000"');
    expect(trouble).toContain('MIG-cba663e8-9bed');
    const checks = await doctor({ CUDA_VISIBLE_DEVICES: 'MIG-00000000-0000' });
    expect(checks).toMatchObject([{ status: 'missing', hint: expect.stringContaining('unset it') as string }]);
  });

  it('tries each instance by its own name', async () => {
    const tried: string[] = [];
    await doctor({}, own, async ({ uuid }) => {
      tried.push(uuid);
      return undefined;
    });
    expect(tried).toEqual(['GPU-0aaa-bbb', 'MIG-c6d4f1ef-42e4', 'MIG-cba663e8-9bed']);
  });
});

describe('a machine with Blackwell cards', () => {
  const wheels: NativeLibrary = { ...own, source: 'project' };
  beforeEach(() => {
    pretendNvidiaSmi(folder, {
      cards: [card(0, { model: 'NVIDIA GeForce RTX 5090', values: { compute_cap: '12.0' } })],
    });
  });

  it('is told that the official wheels have no code for it, and the way out', async () => {
    expect(await doctor({}, wheels)).toContainEqual({
      name: 'compute capability',
      status: 'warning',
      detail:
        'GPU 0 (NVIDIA GeForce RTX 5090) has compute capability 12.0, for which TensorFlow’s official wheels have no code',
      hint: expect.stringContaining('WARPNET_TENSORFLOW') as string,
    });
  });

  it('is taken at its word with a TensorFlow of its own', async () => {
    expect(await doctor()).toEqual([
      expect.objectContaining({ name: 'GPUs', status: 'ok' }),
      { name: 'gpu:0', status: 'ok', detail: 'NVIDIA GeForce RTX 5090: a trial step ran' },
    ]);
  });
});

it('an old driver, which knows fewer fields, tells of its cards all the same', async () => {
  pretendNvidiaSmi(folder, { cards: [card(0)], unknownFields: ['compute_cap', 'mig.mode.current'] });
  const wanted: GraphicsCard = {
    ...{ index: 0, uuid: 'GPU-0aaa-bbb', model: 'NVIDIA A100-SXM4-40GB', memoryMebibytes: 40960, driver: '570.86' },
    ...{ usedMebibytes: 0, freeMebibytes: 40960 },
  };
  expect(await read()).toEqual({ kind: 'read', cards: [wanted], unusable: [] });
});

describe('a variable that names a GPU where there is no nvidia-smi', () => {
  it('stops, unless it hides every card', async () => {
    expect(await doctor({ CUDA_VISIBLE_DEVICES: '0' })).toMatchObject([{ status: 'missing' }]);
    for (const none of ['', '-1', 'NoDevFiles'])
      expect(await doctor({ CUDA_VISIBLE_DEVICES: none })).toMatchObject([
        { status: 'ok', detail: 'hidden by CUDA_VISIBLE_DEVICES: jobs run on CPU cores' },
      ]);
  });
});

describe('a trial step', () => {
  beforeEach(() => {
    pretendNvidiaSmi(folder, { cards: [card(0), card(1)] });
  });

  it('that fails is told with its reason, card by card', async () => {
    const checks = await doctor({}, own, async ({ index }) => (index === 1 ? 'no kernel image' : undefined));
    expect(checks.slice(1)).toMatchObject([
      { name: 'gpu:0', status: 'ok' },
      { name: 'gpu:1', status: 'missing', detail: expect.stringContaining('no kernel image') as string },
    ]);
  });

  it('is none with a TensorFlow for CPUs, which is said', async () => {
    const never: Trial = () => Promise.reject(new Error('tried'));
    expect(await doctor({}, { ...own, folder: join(folder, 'tensorflow'), source: 'project' }, never)).toContainEqual(
      expect.objectContaining({ status: 'missing', detail: 'TensorFlow is set up without CUDA', hint: 'make setup' }),
    );
  });

  it('runs for real on the CPU, and says where it cannot', { timeout: 120_000 }, async () => {
    const library = nativeLibrary();
    if (!('folder' in library)) throw library;
    const here = { ...process.env, WARPNET_TENSORFLOW: library.folder };
    expect(await trySteps('cpu', here)).toBeUndefined();
    expect(await trySteps('cpu', { ...here, WARPNET_TENSORFLOW: '/nowhere' })).toContain('/nowhere');
    expect(await trySteps('gpu:0', { ...here, CUDA_VISIBLE_DEVICES: '' })).toContain(
      'TensorFlow sees CPU:0, not GPU:0',
    );
  });
});
