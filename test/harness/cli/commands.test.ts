import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { timing } from '../../../harness/kinds/index.js';
import { readAttempts } from '../../../harness/store/attempts.js';
import { TextStream } from '../../support/text-stream.js';
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

const attemptsOf = (id: string) => readAttempts(program.store.folder(id)).filter(({ type }) => type === 'began').length;

/** Timings of Table 2 on two devices, and nothing else. */
const timings = [
  ...['table2', '--profile', 'quick', '--protocol', 'paper', '--only', ' against '],
  ...['--devices', 'cpu:2', '--no-projection'],
];

describe('reproduce', () => {
  it('runs what is missing, writes CSVs and tables, prints the table, and ends with 0', async () => {
    const { exitCode, output, messages } = await program.run(smallTable);
    expect(exitCode).toBe(0);
    expect(output).toContain('Table 2');
    expect(messages).toContain('2 of 2 jobs done');
    const written = (name: string) => readFileSync(join(program.reports, 'quick', 'warpnet', name), 'utf8');
    expect(written('errors.csv').trim().split('\n')).toHaveLength(3);
    expect(written('table2.md')).toContain('50');
  });

  it('prints the table as for 80 columns on a terminal that says it has none', async () => {
    const [none, usual] = [0, 80].map((columns) => Object.assign(new TextStream(), { columns }));
    if (none === undefined || usual === undefined) throw new Error('no streams');
    await program.run(smallTable, { output: none });
    await program.run(smallTable, { output: usual });
    expect(none.text).toContain('Table 2');
    expect(none.text).toBe(usual.text);
  });

  it('writes the report while jobs run, and says each number that is new', async () => {
    const { messages } = await program.run(smallTable);
    expect(messages).toMatch(
      // Whichever of the two ends first.
      /▸ Table 2, WRN-37-[46], released-code, fused BN: error 50 ± \d+ %, at reduced scale \(printed (4.97|5.01) %\)/u,
    );
    const [first = ''] = messages.split('\n').filter((line) => line.includes('▸'));
    expect(messages.indexOf(first)).toBeLessThan(messages.indexOf('2 of 2 jobs done'));
  });

  it('times again, once and by itself, what others disturbed, if the machine is quiet by then', async () => {
    vi.stubEnv('FAKE_WORKER_DISTURBED', '1');
    const { messages, exitCode } = await program.run(timings, { isBusy: async () => false });
    expect(exitCode).toBe(0);
    expect(messages).toMatch(/Other processes disturbed \d timings?, taken again now/u);
    const timed = program.store.ids().filter((id) => program.store.resultOf(timing, id) !== null);
    expect(timed.length).toBeGreaterThan(0);
    for (const id of timed) expect(attemptsOf(id)).toBe(2);
    // They are done: the next call leaves them alone.
    expect((await program.run(timings)).messages).toContain(' 0 to run');
  });

  it('leaves them as they are where the machine is still busy, and says how to time them later', async () => {
    vi.stubEnv('FAKE_WORKER_DISTURBED', '1');
    const { messages } = await program.run(timings, { isBusy: async () => true });
    expect(messages).toMatch(/still busy. On a quiet machine: npm run reproduce -- retry [0-9a-f]{8}/u);
    for (const id of program.store.ids()) expect(attemptsOf(id)).toBe(1);
  });

  it('runs nothing the second time', async () => {
    await program.run(smallTable);
    const { exitCode, messages } = await program.run(smallTable);
    expect(exitCode).toBe(0);
    expect(messages).toContain('2 jobs: 2 reused, 0 to run.');
    for (const id of program.store.ids()) expect(attemptsOf(id)).toBe(1);
  });

  it('ends with 2 when a job failed, having run the others, and says why in the table', async () => {
    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13-1');
    const { exitCode, output, messages } = await program.run(smallTable);
    expect(exitCode).toBe(2);
    expect(messages).toContain('1 job failed');
    expect(output).toContain('every protocol and all footnotes');
    expect(readFileSync(join(program.reports, 'quick', 'warpnet', 'table2.md'), 'utf8')).toContain('told to fail');
    expect(
      program.store
        .ids()
        .map((id) => program.store.state(id))
        .toSorted(),
    ).toEqual(['done', 'failed']);
  });

  it('writes reports of all that was measured, and prints the table that was asked for', async () => {
    await program.run(smallTable);
    const { output } = await program.run(['table3', '--profile', 'quick', '--only', 'WRN-19-1']);
    expect(output).toContain('Table 3');
    expect(output).not.toContain('Table 2');
    const page = readFileSync(join(program.reports, 'quick', 'warpnet', 'index.html'), 'utf8');
    for (const name of ['Table 2', 'Table 3']) expect(page).toContain(name);
    expect(page).not.toContain('id="table4"');
    const errors = readFileSync(join(program.reports, 'quick', 'warpnet', 'errors.csv'), 'utf8');
    expect(errors).toContain('WRN-13-2');
    expect(errors).toContain('WRN-19-1');
  });

  it('says in JSON what it did', async () => {
    const summary = await program.json(smallTable);
    expect(summary).toMatchObject({ exitCode: 0, failed: [], unfinished: [] });
    expect((summary as { done: string[]; files: string[] }).done).toHaveLength(2);
    expect((summary as { files: string[] }).files).toContain(join(program.reports, 'quick', 'warpnet', 'table2.tex'));
  });

  it('shows no progress with --quiet', async () => {
    expect((await program.run([...smallTable, '--quiet'])).messages).not.toContain('jobs done');
  });

  it('runs a matrix file of the user', async () => {
    const file = join(program.reports, 'my.yaml');
    writeFileSync(
      file,
      [
        'id: mine',
        'title: Mine',
        'measure: [error]',
        'rows:',
        '  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }',
        'asWritten: true',
        '',
      ].join('\n'),
    );
    const { exitCode, messages } = await program.run(['run', file, '--profile', 'quick']);
    expect(messages).toContain('1 of 1 jobs done');
    expect(exitCode).toBe(0);
    const markdown = (folder: string) => join(program.reports, 'quick', folder, 'mine.md');
    expect(existsSync(markdown('mine'))).toBe(true);
    // The paper's tables, and the evidence behind them, stay as they are.
    expect(existsSync(markdown('warpnet'))).toBe(false);
  });
});
