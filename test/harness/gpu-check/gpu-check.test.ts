/** `gpu-check` on machines as nvidia-smi tells of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkGpus, inSubprocess, type RunCheck } from '../../../harness/gpu-check/gpu-check.js';
import { main } from '../../../harness/cli/main.js';
import { papers } from '../../support/papers.js';
import { TextStream } from '../../support/text-stream.js';
import { pretendFailure, pretendNvidiaSmi, type PretendedCard } from '../setup/pretended-nvidia-smi.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nvidia-smi-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const card = (index: number, values: Record<string, string> = {}): PretendedCard => ({
  ...{ index, uuid: `GPU-${index}`, model: 'NVIDIA A100-SXM4-40GB', values },
});
async function run(...options: string[]) {
  const [output, messages] = [new TextStream(), new TextStream()];
  const surroundings = { environment: { PATH: folder }, output, messages, papers: async () => papers, worker: [] };
  return { exitCode: await main(['gpu-check', ...options], surroundings), output: output.text };
}

it('says in two lines that there is no card, exit code 1', async () => {
  const { exitCode, output } = await run();
  expect(exitCode).toBe(1);
  expect(output.trimEnd().split('\n')).toEqual([
    'There is no GPU to check here: nvidia-smi is not here.',
    expect.stringContaining('doctor') as string,
  ]);
  expect(JSON.parse((await run('--json')).output)).toMatchObject({ passed: false, findings: [] });
});

it('says why a card that is meant cannot be used', async () => {
  pretendFailure(folder, 'Failed to initialize NVML: Driver/library version mismatch', 18);
  const { exitCode, output } = await run();
  expect(exitCode).toBe(1);
  expect(output).toContain('Driver/library version mismatch');
});

it('checks all of the first card, the networks of the others, two together, and whether memory came back', async () => {
  pretendNvidiaSmi(folder, { cards: [card(0), card(1), card(2)] });
  const asked: string[] = [];
  const fake: RunCheck = async (check, devices) => {
    asked.push(`${check} ${devices}`);
    return [{ name: check, outcome: check === 'profile' ? 'failed' : 'passed', detail: '' }];
  };
  const { findings } = await checkGpus({ PATH: folder }, undefined, fake);
  expect(asked.slice(0, 2)).toEqual(['libraries gpu:0', 'operations gpu:0']);
  expect(asked.slice(-3)).toEqual(['networks gpu:1', 'networks gpu:2', 'pair gpu:0,1']);
  expect(findings.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)).toEqual(['profile']);
  expect(findings.filter(({ name }) => name === 'inventory')).toHaveLength(3);
  expect(findings.at(-1)).toMatchObject({ name: 'memory given back', outcome: 'passed' });
});

it(
  'a check that fails is a finding with its reason, as on a card that is pretended',
  { timeout: 120_000 },
  async () => {
    pretendNvidiaSmi(folder, { cards: [card(0)] });
    const reading = { index: 0, uuid: 'GPU-0', model: 'Card', memoryMebibytes: 1, driver: '1' };
    const environment = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const [finding] = await inSubprocess('libraries', 'gpu:0', reading, environment);
    expect(finding).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('not GPU:0') as string });
  },
);
