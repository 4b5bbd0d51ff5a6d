import { describe, expect, it } from 'vitest';
import { formatChecks } from '../../../harness/cli/commands/doctor.js';
import type { Check } from '../../../harness/setup/check.js';
import { examine } from '../../../harness/setup/checks.js';

const find = (checks: readonly Check[], name: string): Check | undefined => checks.find((check) => check.name === name);

describe('doctor', () => {
  it('names a library folder that is wrong, and that keeps Table 2 from running', async () => {
    const checks = await examine({ ...process.env, WARPNET_TENSORFLOW: '/nowhere' });
    expect(find(checks, "TensorFlow's library")).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('/nowhere') as string,
    });
  });

  it('says what is lost without pip and compiler, which is not Table 2', async () => {
    const checks = await examine({
      PATH: '/nowhere',
      HOME: '/nowhere',
      CXX: 'no-such-compiler',
      WARPNET_TENSORFLOW: '/nowhere',
    });
    expect(find(checks, 'pip')).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('python3-pip') as string,
    });
    expect(find(checks, 'compiler')).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('g++') as string,
    });
  });

  it('prints a line a check and the way to get what is missing below it', () => {
    const text = formatChecks([
      { name: 'Node', status: 'ok', detail: '22.1.0' },
      { name: 'compiler', status: 'warning', detail: 'not found', hint: 'apt-get install g++' },
    ]);
    expect(text).toBe(
      'ok       Node      22.1.0\nwarning  compiler  not found\n                   -> apt-get install g++',
    );
  });
});
