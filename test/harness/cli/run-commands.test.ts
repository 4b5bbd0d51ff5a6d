import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAttempts } from '../../../harness/store/attempts.js';
import { FakeWorkers } from '../run/schedule/fake-workers.js';
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
