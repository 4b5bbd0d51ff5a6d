/** What a compute node has, as far as it is known without a job, and what of the environment sbatch is told. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHardware } from '../../../../harness/run/slurm/node-hardware.js';
import { parseSite, withVariables } from '../../../../harness/run/slurm/site-file.js';
import { FakeSlurm } from './fake-slurm.js';

let slurm: FakeSlurm;
beforeEach(() => {
  slurm = new FakeSlurm();
});
afterEach(() => {
  slurm.close();
});

async function hardware(site: string, mayAsk: boolean, kind?: 'cpu' | 'gpu') {
  const told: string[] = [];
  const found = await nodeHardware({
    ...{ site: parseSite(site, 'slurm.yaml'), commands: slurm.commands, kind, mayAsk },
    folder: join(slurm.folder, 'slurm'),
    tell: (message) => told.push(message),
  });
  return { found, told };
}

describe('a plan', () => {
  it('submits no job, and says what it does not know', async () => {
    slurm.answers('sinfo', { out: 'gpu:a100:4(S:0-1)\n' }, { out: '64 512000\n128+ 1024000\n' });
    slurm.answers('sbatch', { error: 'a plan submitted a job' });
    const { found, told } = await hardware('', false);
    expect(slurm.calls('sbatch')).toEqual([]);
    expect(told).toEqual([expect.stringContaining('gpuModel and gpuMemory in slurm.yaml')]);
    expect(found.gpus).toHaveLength(4);
    expect(found.cores).toHaveLength(128);
    expect(found.memoryBytes).toBe(1_024_000 * 2 ** 20);
  });

  it('on cores needs no card', async () => {
    slurm.answers('sinfo', { out: '64 512000\n' });
    const { found } = await hardware('', false, 'cpu');
    expect(found).toMatchObject({ gpus: [], memoryBytes: 512_000 * 2 ** 20 });
  });
});

it.each([true, false])(
  'cards that the site file names are asked of nobody, whether jobs may be submitted (%s)',
  async (mayAsk) => {
    slurm.answers('sinfo', { out: '64 512000\n' });
    slurm.answers('sbatch', { error: 'a job was submitted' });
    const site = 'gpuModel: NVIDIA A100-SXM4-40GB\ngpuMemory: 40G\ngpusPerNode: 8';
    const { found, told } = await hardware(site, mayAsk);
    expect(found.gpus).toHaveLength(8);
    expect(found.gpus[7]).toMatchObject({ index: 7, model: 'NVIDIA A100-SXM4-40GB', memoryMebibytes: 40_960 });
    expect(told).toEqual([]);
    expect(slurm.calls('sbatch')).toEqual([]);
  },
);

describe('partition, account and QOS', () => {
  const environment = { SBATCH_PARTITION: 'gpu', SBATCH_ACCOUNT: 'ours', SBATCH_QOS: 'long' };

  it('are those of sbatch’s variables', () => {
    expect(withVariables(parseSite('', 'slurm.yaml'), environment)).toMatchObject({
      ...{ partition: 'gpu', account: 'ours', qos: 'long' },
    });
  });

  it('of the site file come first', () => {
    const site = withVariables(parseSite('account: theirs', 'slurm.yaml'), environment);
    expect(site).toMatchObject({ partition: 'gpu', account: 'theirs' });
  });

  it('that Slurm refuses are named, and where they come from', async () => {
    const refusal = {
      error: 'sbatch: error: Batch job submission failed: Invalid account or account/partition combination',
    };
    slurm.answers('sbatch', refusal);
    const hintOf = async (...options: string[]) =>
      slurm.commands.run('sbatch', options).catch((error: unknown) => (error as { hint?: string }).hint);
    expect(await hintOf('--account=theirs')).toContain('The account was "theirs"');
    expect(await hintOf('--partition=gpu')).toMatch(/No account was named.*SBATCH_ACCOUNT/);
  });
});
