import { describe, expect, it, vi } from 'vitest';
import { formatChecks } from '../../../harness/cli/commands/doctor.js';
import type { Check } from '../../../harness/setup/check.js';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilerOf } from '../../../harness/setup/compiler.js';
import { coresText, examine, latexCheck } from '../../../harness/setup/checks.js';

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

  it('knows that pdflatex without multirow typesets no table', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'latex-'));
    const pretend = (known: string): void => {
      writeFileSync(join(bin, 'kpsewhich'), `#!/bin/sh\ncase "$1" in ${known}) echo "/texmf/$1";; *) exit 1;; esac\n`);
      chmodSync(join(bin, 'kpsewhich'), 0o755);
    };
    vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
    try {
      pretend('booktabs.sty|geometry.sty');
      expect(await latexCheck('pdfTeX 1')).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining('multirow.sty is missing') as string,
        hint: expect.stringContaining('texlive-latex-extra') as string,
      });
      pretend('*.sty');
      expect(await latexCheck('pdfTeX 1')).toMatchObject({ status: 'ok' });
    } finally {
      vi.unstubAllEnvs();
      rmSync(bin, { recursive: true });
    }
  });

  it('says of how many cores these may be used', () => {
    expect([coresText(2, 64), coresText(2, 2)]).toEqual(['2 of 64', '2']);
  });

  it.each([
    [{}, ['g++']],
    [{ CXX: '' }, ['g++']],
    [{ CXX: 'clang++' }, ['clang++']],
    [{ CXX: 'ccache  g++-12 ' }, ['ccache', 'g++-12']],
  ])('takes %j for the compiler %j', (environment, command) => {
    expect(compilerOf(environment)).toEqual(command);
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
