import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCardStates } from '../../../harness/core/process/card-state.js';
import { pretendFailure, pretendNvidiaSmi, type PretendedCard } from '../setup/pretended-nvidia-smi.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nvidia-smi-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const read = (...uuids: string[]) => readCardStates(uuids, { PATH: folder });

const card = (index: number, reasons: string, field = 'clocks_event_reasons.active'): PretendedCard => ({
  ...{ index, uuid: `GPU-${index}`, model: 'Card' },
  values: { 'clocks.sm': String(1000 + index), 'temperature.gpu': String(40 + index), [field]: reasons },
});

it.each([
  ['0x0000000000000000', []],
  // Idle, the clocks that an application asked for, the power limit.
  ['0x0000000000000007', []],
  ['0x0000000000000020', ['too hot, slowed by the driver']],
  ['0x00000000000000CC', ['hardware slowdown', 'too hot, slowed by the hardware', 'power brake']],
  ['[N/A]', []],
])('a card whose reasons are %s is held down by %j', async (reasons, throttled) => {
  pretendNvidiaSmi(folder, { cards: [card(0, reasons)] });
  expect(await read('GPU-0')).toEqual([{ uuid: 'GPU-0', megahertz: 1000, celsius: 40, throttled }]);
});

it('cards are told in the order asked, and an old driver is asked by the old name of the field', async () => {
  const cards = [0, 1, 2].map((index) => card(index, '0x40', 'clocks_throttle_reasons.active'));
  pretendNvidiaSmi(folder, { cards, unknownFields: ['clocks_event_reasons.active'] });
  const states = await read('GPU-2', 'GPU-0');
  expect(states.map(({ uuid }) => uuid)).toEqual(['GPU-2', 'GPU-0']);
  expect(states[0]?.throttled).toEqual(['too hot, slowed by the hardware']);
});

it('nothing is told where nvidia-smi is missing, fails, or does not know one of the cards', async () => {
  expect(await read('GPU-0')).toEqual([]);
  pretendFailure(folder, 'Failed to initialize NVML', 18);
  expect(await read('GPU-0')).toEqual([]);
  pretendNvidiaSmi(folder, { cards: [card(0, '0x0')] });
  expect(await read('GPU-0', 'GPU-9')).toEqual([]);
});
