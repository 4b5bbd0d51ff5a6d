import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProgramSurroundings } from '../../../harness/cli/command.js';
import { timing } from '../../../harness/kinds/index.js';
import { readAttempts } from '../../../harness/store/attempts.js';
import { FakeWorkers } from '../run/schedule/fake-workers.js';
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

interface PlanJson {
  readonly jobs: readonly { id: string; action: string; why: string; changed: string[] }[];
  readonly needs: Record<string, number>;
}

describe('plan', () => {
  it('tells what would run and why, what is reused, and what it needs', async () => {
    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13-1');
    await program.run(smallTable);
    const { jobs, needs } = (await program.json(['plan', ...smallTable])) as PlanJson;
    expect(jobs.map(({ action }) => action).toSorted()).toEqual(['retry', 'reuse']);
    expect(jobs.find(({ action }) => action === 'retry')?.why).toContain('told to fail');
    expect(needs['jobs']).toBe(1);
    expect(needs['seconds']).toBeGreaterThan(0);
    expect(needs['diskBytes']).toBeGreaterThan(1e5);
    expect(needs['memoryBytes']).toBeGreaterThan(1e8);
  });

  it('--explain names the input that changed since a similar run', async () => {
    await program.run(smallTable);
    const changed = ['plan', ...smallTable, '--set', 'training.learningRate=0.03', '--explain'];
    const { jobs } = (await program.json(changed)) as PlanJson;
    expect(jobs.map(({ action, changed: names }) => [action, names])).toEqual([
      ['run', ['training.learningRate: 0.1 -> 0.03']],
      ['run', ['training.learningRate: 0.05 -> 0.03']],
    ]);
    expect((await program.run(changed)).output).toContain('training.learningRate: 0.1 -> 0.03');
  });

  it('changes nothing', async () => {
    await program.run(['plan', ...smallTable]);
    expect(existsSync(join(program.reports, 'runs'))).toBe(false);
  });
});

describe('status', () => {
  it('tells what failed and why', async () => {
    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13-1');
    await program.run(smallTable);
    const { output } = await program.run(['status']);
    expect(output).toContain('1 done, 1 failed');
    expect(output).toContain('told to fail [FAKE]');
    expect(await program.json(['status'])).toMatchObject({ counts: { done: 1, failed: 1 } });
  });

  it('shows what runs now, while another process runs it', async () => {
    const workers = await FakeWorkers.listen();
    vi.stubEnv('FAKE_WORKER_SOCKET', workers.socketPath);
    const run = program.run([...smallTable, '--jobs', '1']);
    const first = await workers.next();
    await first.do('event', {
      event: { type: 'step', step: 90, steps: 450, loss: 0.5, learningRate: 0.1, millisecondsPerStep: 100 },
    });
    const { output } = await program.run(['status']);
    expect(output).toContain('1 running');
    expect(output).toContain('90/450  loss 0.500  100 ms/step  0:36 left');
    expect(await program.json(['status'])).toMatchObject({
      runs: [{ state: 'running', running: { pid: first.pid, progress: { done: 90 }, orphaned: false } }],
    });
    // What another process runs is neither retried nor deleted.
    const { output: cleaned } = await program.run(['clean', 'runs', '--yes']);
    expect(cleaned).not.toContain(first.id);
    await first.succeed();
    await (await workers.next()).succeed();
    expect((await run).exitCode).toBe(0);
    await workers.close();
  });

  it('counts what has not run of the tables named', async () => {
    expect((await program.run(['status', ...smallTable])).output).toContain('2 not run');
  });
});

describe('retry', () => {
  it('runs again what failed, and nothing else', async () => {
    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13-1');
    await program.run(smallTable);
    vi.stubEnv('FAKE_WORKER_FAILS', undefined);
    expect((await program.run(['retry'])).exitCode).toBe(0);
    expect(program.store.ids().map(attemptsOf).toSorted()).toEqual([1, 2]);
    expect((await program.run(['retry'])).messages).toContain('No job has failed');
  });

  it('has TensorFlow set up for networks, and not for trials nor for nothing', async () => {
    let setUps = 0;
    const setUp = async (): Promise<void> => {
      setUps += 1;
    };
    vi.stubEnv('FAKE_WORKER_FAILS', 'trials of');
    await program.run(['shortcut/plain', '--only', 'r = 0', '--seeds', '1']);
    expect(program.store.ids().map((id) => program.store.state(id))).toContain('failed');
    vi.stubEnv('FAKE_WORKER_FAILS', undefined);
    await program.run(['retry'], { setUp });
    await program.run(['retry'], { setUp });
    expect(setUps).toBe(0);

    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13-1');
    await program.run(smallTable);
    vi.stubEnv('FAKE_WORKER_FAILS', undefined);
    await program.run(['retry'], { setUp });
    expect(setUps).toBe(1);
  });

  it('runs a finished job again when it is named', async () => {
    await program.run(smallTable);
    const [id = ''] = program.store.ids();
    expect((await program.run(['retry', id.slice(0, 8)])).exitCode).toBe(0);
    expect(attemptsOf(id)).toBe(2);
    expect(program.store.state(id)).toBe('done');
  });
});

describe('clean', () => {
  it('says what it would delete, and deletes it only with --yes', async () => {
    await program.run(smallTable);
    const checkpoints = () =>
      program.store.ids().filter((id) => existsSync(join(program.store.folder(id), 'checkpoint.safetensors')));
    expect((await program.run(['clean', 'checkpoints'])).output).toContain('Nothing is deleted yet');
    expect(checkpoints()).toHaveLength(2);
    expect((await program.run(['clean', 'checkpoints', '--yes'])).output).toContain('Deleted');
    expect(checkpoints()).toHaveLength(0);
    for (const id of program.store.ids()) expect(program.store.state(id)).toBe('done');
  });

  it('without a name only lists, also with --yes', async () => {
    await program.run(smallTable);
    expect((await program.run(['clean', '--yes'])).output).toContain('Name what should go');
    expect(program.store.ids()).toHaveLength(2);
  });

  it('deletes a run folder of another format, which nothing else can do', async () => {
    mkdirSync(program.store.folder('old'), { recursive: true });
    writeFileSync(join(program.store.folder('old'), 'result.json'), '{"schema":99}');
    expect((await program.run(['status'])).messages).toContain('[RUN_SCHEMA]');
    await program.run(['clean', 'runs', '--yes']);
    expect(program.store.ids()).toEqual([]);
  });
});

describe('import', () => {
  let other: Program;
  beforeEach(() => {
    other = new Program();
  });
  afterEach(() => {
    other.close();
  });

  interface ImportJson {
    readonly runs: readonly { id: string; what: string; details: string }[];
  }
  const imported = async (...options: string[]) =>
    ((await program.json(['import', other.reports, ...options])) as ImportJson).runs.map(({ what }) => what);

  it('takes over finished runs, which then are reused', async () => {
    await other.run(smallTable);
    expect(await imported()).toEqual(['imported', 'imported']);
    expect(await imported()).toEqual(['same', 'same']);
    expect((await program.run(smallTable)).messages).toContain('2 reused, 0 to run');
  });

  it('takes them over from a bundle as from a folder', async () => {
    await other.run(smallTable);
    const zip = join(other.reports, 'theirs.zip');
    await other.run(['report', ...smallTable, '--bundle', zip]);
    const { runs } = (await program.json(['import', zip])) as ImportJson;
    expect(runs.map(({ what }) => what)).toEqual(['imported', 'imported']);
    expect((await program.run(smallTable)).messages).toContain('2 reused, 0 to run');
  });

  it('names other numbers for the same job, and keeps what is here unless told otherwise', async () => {
    await program.run(smallTable);
    await other.run(smallTable);
    const [id = ''] = other.store.ids();
    const path = join(other.store.folder(id), 'result.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"errorPct":50', '"errorPct":49'));
    const { output } = await program.run(['import', other.reports]);
    expect(output).toContain('1 in conflict');
    expect(output).toContain('errorPct 50 and 49');
    expect(program.store.result(id)).toMatchObject({ last: { errorPct: 50 } });
    expect((await imported('--theirs')).toSorted()).toEqual(['imported', 'same']);
    expect(program.store.result(id)).toMatchObject({ last: { errorPct: 49 } });
  });

  it('refuses a run whose job is not what its id says', async () => {
    await other.run(smallTable);
    const [id = ''] = other.store.ids();
    const path = join(other.store.folder(id), 'cell.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"learningRate": 0.1', '"learningRate": 0.2'));
    cpSync(other.store.folder(id), other.store.folder('0123456789abcdef'), { recursive: true });
    expect((await imported()).toSorted()).toEqual(['imported', 'refused', 'refused']);
  });

  it('leaves unfinished runs where they are', async () => {
    vi.stubEnv('FAKE_WORKER_FAILS', 'WRN-13');
    await other.run(smallTable);
    expect(await imported()).toEqual(['unfinished', 'unfinished']);
    expect(program.store.ids()).toEqual([]);
  });
});

describe('report', () => {
  it('writes everything again from the runs, and runs nothing', async () => {
    await program.run(smallTable);
    const path = join(program.reports, 'quick', 'warpnet', 'errors.csv');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, 'spoilt');
    expect((await program.run(['report', 'table2', '--profile', 'quick'])).exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(before);
    for (const id of program.store.ids()) expect(attemptsOf(id)).toBe(1);
  });
});
