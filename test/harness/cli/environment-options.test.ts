/** Options by environment variables, and what a run says when it begins. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withEnvironment } from '../../../harness/cli/options/environment-options.js';
import { experimentOptions, runOptions } from '../../../harness/cli/options/options.js';
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

describe('every option', () => {
  it('has a variable', () => {
    const names = Object.keys({ ...experimentOptions, ...runOptions });
    const environment = Object.fromEntries(
      names.map((name) => [`WARPNET_${name.replaceAll('-', '_').toUpperCase()}`, '1']),
    );
    // Those with choices refuse a 1, which says as much.
    for (const name of names) {
      const option = { ...experimentOptions, ...runOptions }[name as keyof typeof runOptions];
      const read = () => withEnvironment({ [name]: option }, environment)[name]?.default as unknown;
      if ('choices' in option) expect(read).toThrow(expect.objectContaining({ code: 'USAGE' }));
      else expect([true, 1, '1']).toContainEqual([read()].flat()[0]);
    }
  });

  it('takes its value from there, and from the command line where both say it', async () => {
    const environment = {
      WARPNET_PROFILE: 'quick',
      WARPNET_DEVICES: 'cpu:1',
      WARPNET_ONLY: 'WRN-13-1,WRN-13-2',
      WARPNET_JSON: '1',
    };
    const plan = async (...options: string[]) =>
      JSON.parse((await program.run(['plan', 'table2', ...options], { environment })).output) as {
        profile: string;
        devices: string;
        jobs: unknown[];
      };
    expect(await plan()).toMatchObject({ profile: 'quick', devices: 'cpu:1, CPU Y' });
    expect((await plan()).jobs).toHaveLength(2);
    expect(await plan('--devices', 'cpu:2')).toMatchObject({ devices: 'cpu:2, CPU Y' });
  });

  it.each([
    ['WARPNET_PROFILE', 'slow', 'quick, paper, auto'],
    ['WARPNET_QUIET', 'perhaps', 'Use 1 or 0'],
    ['WARPNET_JOBS', 'many', 'whole number'],
  ])('%s=%s is refused by name', async (name, value, hint) => {
    const { exitCode, messages } = await program.run(smallTable, { environment: { [name]: value } });
    expect(exitCode).toBe(1);
    expect(messages).toContain(hint);
  });

  it('means nothing where the variable is empty', async () => {
    expect((await program.run([...smallTable, '--quiet'], { environment: { WARPNET_DEVICES: '' } })).exitCode).toBe(0);
  });
});

describe('a run says at its start', () => {
  it('which devices it took, that CIFAR-10 is not there, what stands in, and the one command that changes it', async () => {
    const { messages } = await program.run(smallTable);
    const [devices, data] = messages.split('\n');
    expect(devices).toBe('Devices: cpu:2, CPU Y');
    expect(data).toMatch(
      /^CIFAR-10 is not here: Fashion-MNIST stands in\. To change that: npm run reproduce -- data cifar10/,
    );
  });

  it('under the paper’s profile that places stay empty, before anything is timed', async () => {
    const ran = await program.run(['table2', '--profile', 'paper', '--only', 'against WRN-73-4']);
    const lines = ran.messages.split('\n');
    const said = lines.findIndex((line) =>
      /^CIFAR-10 is not here: \d+ places of the tables stay without a number/.test(line),
    );
    expect(said).toBeGreaterThanOrEqual(0);
    expect(said).toBeLessThan(lines.findIndex((line) => line.includes('reused')));
  });

  it('nothing where it is to be quiet', async () => {
    expect((await program.run([...smallTable, '--quiet'])).messages).not.toContain('CIFAR-10');
  });
});

describe('a budget', () => {
  it('is told before it begins, with what is left out, and leaves the rest for a later call', async () => {
    const { exitCode, messages } = await program.run(['table2', '--budget', '20m', '--devices', 'cpu:2']);
    expect(messages).toMatch(
      /The budget is enough for \d+ blocks? of rows with (1\/\d+ of )?the published steps, one seed/,
    );
    expect(messages).toContain('Left out: ');
    expect(exitCode).toBe(0);
  });

  it('does not go with --only or the quick profile', async () => {
    for (const options of [
      ['--only', 'WRN'],
      ['--profile', 'quick'],
    ])
      expect((await program.run(['table2', '--budget', '2h', ...options])).exitCode).toBe(1);
  });
});
