import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProgramSurroundings } from '../../../harness/cli/command.js';
import { papers } from '../../support/papers.js';
import { papers as withToy } from '../../support/toy-program.js';
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

describe('the tables that are meant', () => {
  const planned = async (...words: string[]): Promise<unknown> => {
    const { paper, tables } = (await program.json(['plan', ...words, '--profile', 'quick'])) as Record<string, unknown>;
    return [paper, tables];
  };
  const all = ['table2', 'table5', 'table3', 'table4', 'figure2', 'width'];

  it.each([
    [['table2'], ['table2']],
    [
      ['warpnet/table3', 'table2'],
      ['table3', 'table2'],
    ],
    [['table2', 'warpnet/table2'], ['table2']],
    [['warpnet'], all],
    [['--all'], all],
    [['--paper', 'warpnet', 'table5'], ['table5']],
    [[], all],
  ])('%j', async (words, tables) => {
    expect(await planned(...words)).toEqual(['warpnet', tables]);
  });

  it.each([
    [['toy'], [['toy', ['table1']]]],
    [['--all', '--paper', 'toy'], [['toy', ['table1']]]],
    [
      ['toy/table1', 'table2'],
      [
        ['toy', ['table1']],
        ['warpnet', ['table2']],
      ],
    ],
    [
      ['--all', '--paper', 'all'],
      [...papers.all.map(({ id, tables, furtherTables }) => [id, [...tables, ...furtherTables]]), ['toy', ['table1']]],
    ],
  ])('%j of several papers', async (words, expected) => {
    const both = { papers: async () => withToy };
    const { output } = await program.run(['plan', ...words, '--profile', 'quick', '--json'], both);
    const plans = [JSON.parse(output)].flat() as { paper: string; tables: string[] }[];
    expect(plans.map(({ paper, tables }) => [paper, tables])).toEqual(expected);
  });

  it('of several papers are reported in a folder each', async () => {
    const words = ['table2', 'toy/table1', '--profile', 'quick', '--only', 'WRN-13-1', '--only', 'Plain-8 on'];
    const { exitCode } = await program.run(words, { papers: async () => withToy });
    expect(exitCode).toBe(0);
    for (const file of ['warpnet/table2.md', 'toy/table1.md'])
      expect(existsSync(join(program.reports, 'quick', file))).toBe(true);
  });

  const own = (...lines: string[]): string => {
    const file = join(program.reports, 'my.yaml');
    const rows = 'rows:\n  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }';
    writeFileSync(file, [...lines, 'title: Mine', 'measure: [error]', rows, ''].join('\n'));
    return file;
  };

  it('of a file are of the paper that it names', async () => {
    expect(await planned('--file', own('id: mine', 'paper: warpnet'))).toEqual(['warpnet', ['mine']]);
    const { messages } = await program.run(['run', own('id: mine', 'paper: warp'), '--profile', 'quick']);
    expect(messages).toMatch(/my\.yaml:2:8: .*\[PAPER_UNKNOWN\][^]*warpnet/);
  });

  it('of a file are no paper’s, whose reports would be mixed with theirs', async () => {
    const { exitCode, messages } = await program.run(['run', own('id: warpnet'), '--profile', 'quick']);
    expect(exitCode).toBe(1);
    expect(messages).toMatch(/my\.yaml:1:5: .*\[ID_TAKEN\]/);
  });
});

describe('a wrong command line', () => {
  it.each([
    [['table2', '--bogus'], 'USAGE', 'bogus'],
    [['none/table2'], 'PAPER_UNKNOWN', 'warpnet'],
    [['table2', '--paper', 'none'], 'PAPER_UNKNOWN', 'warpnet'],
    [['tabel2'], 'TABLE_UNKNOWN', 'Did you mean "table2"'],
    [[], 'TABLE_MISSING', 'table2'],
    [['table2', '--profile', 'huge'], 'USAGE', 'quick'],
    [['table2', '--devices', 'tpu'], 'DEVICES_INVALID', 'cpu:2'],
    [['table2', '--devices', 'cpu:64'], 'DEVICES_MISSING', '--devices cpu:2'],
    [['table2', '--devices', 'gpu'], 'DEVICES_MISSING', '--devices cpu'],
    [['table2', '--seeds', 'many'], 'SEEDS_INVALID', '--seeds 0,1,7'],
    [['table2', '--set', 'derivative=R9'], 'OPTION_INVALID', 'R9'],
    [['table2', '--protocol', 'papper'], 'PROTOCOL_UNKNOWN', 'Did you mean "paper"'],
    [['table2', '--only', 'nothing like it'], 'ONLY_NOTHING', 'plan'],
    [['run', 'no-such.yaml'], 'FILE_UNREADABLE', 'no-such.yaml'],
    [['retry', 'ffff'], 'RUN_UNKNOWN', 'status'],
    [['import', '/nowhere'], 'IMPORT_NOTHING', 'reports folder'],
  ])('%j is answered with code, message and way out, no stack, and 1', async (args, code, hint) => {
    const { exitCode, messages, output } = await program.run(args);
    expect(exitCode).toBe(1);
    expect(messages).toContain(`[${code}]`);
    expect(messages).toContain(hint);
    expect(messages).not.toMatch(/^\s+at /m);
    expect(output).toBe('');
  });

  it('in a matrix file is shown with its place and a squiggle', async () => {
    const file = join(program.reports, 'my.yaml');
    writeFileSync(file, 'id: mine\ntitle: Mine\nrowz: []\n');
    const { exitCode, messages } = await program.run(['run', file]);
    expect(exitCode).toBe(1);
    expect(messages).toMatch(/my\.yaml:3:1: /);
    expect(messages).toContain('3 | rowz: []');
    expect(messages).toContain('~~~~');
  });
});

describe('a bug', () => {
  const broken: Partial<ProgramSurroundings> = {
    hardware: {
      cpu: 'CPU Y',
      memoryBytes: 1,
      gpus: [],
      get cores(): never {
        throw new TypeError('cannot read properties of undefined');
      },
    },
  };

  it('is called an internal error, with how to report it', async () => {
    const { exitCode, messages } = await program.run(smallTable, broken);
    expect(exitCode).toBe(1);
    expect(messages).toContain('Internal error: cannot read properties of undefined');
    expect(messages).toContain('report');
    expect(messages).not.toMatch(/^\s+at /m);
  });

  it('shows its stack with DEBUG set', async () => {
    expect((await program.run(smallTable, { ...broken, environment: { DEBUG: '1' } })).messages).toMatch(/^\s+at /m);
  });
});
