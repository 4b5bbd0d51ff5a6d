/** Run folders in which somebody or something has left what no run leaves. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Program, smallTable } from './program.js';

let program: Program;
beforeEach(async () => {
  vi.stubEnv('FAKE_WORKER_SOCKET', undefined);
  program = new Program();
  await program.run([...smallTable, '--quiet']);
});
afterEach(() => {
  vi.unstubAllEnvs();
  program.close();
});

const pipe = (path: string): void => void execFileSync('mkfifo', [path]);

/** The run that is damaged, and the one beside it. */
function runs(): [id: string, folder: string, other: string] {
  const [id = '', other = ''] = program.store.ids().sort();
  return [id, program.store.folder(id), other];
}

const withoutResult = (folder: string): void => rmSync(join(folder, 'result.json'));
const inPlaceOf = (folder: string, name: string, put: (path: string) => void): void => {
  rmSync(join(folder, name), { force: true });
  put(join(folder, name));
};

const damages: readonly [
  what: string,
  name: string,
  damage: (folder: string) => void,
  again: 'run again' | 'left out',
][] = [
  ['a result that is a folder', 'result.json', (folder) => inPlaceOf(folder, 'result.json', mkdirSync), 'run again'],
  ['a result that is a pipe', 'result.json', (folder) => inPlaceOf(folder, 'result.json', pipe), 'run again'],
  [
    'a failure that says nothing',
    'failure.json',
    (folder) => {
      withoutResult(folder);
      writeFileSync(join(folder, 'failure.json'), '{}');
    },
    'run again',
  ],
  [
    'a failure that is a folder',
    'failure.json',
    (folder) => {
      withoutResult(folder);
      mkdirSync(join(folder, 'failure.json'));
    },
    'run again',
  ],
  [
    'a lease of garbage',
    'lease.9.json',
    (folder) => {
      withoutResult(folder);
      writeFileSync(join(folder, 'lease.9.json'), 'garbage');
    },
    'left out',
  ],
  [
    'a lease that is a link to nothing',
    'lease.2.json',
    (folder) => {
      withoutResult(folder);
      symlinkSync('/nowhere/at/all', join(folder, 'lease.2.json'));
    },
    'left out',
  ],
  [
    'a log of attempts that is a folder',
    'attempts.jsonl',
    (folder) => {
      withoutResult(folder);
      inPlaceOf(folder, 'attempts.jsonl', mkdirSync);
    },
    'left out',
  ],
];

describe.each(damages)('%s', (_, name, damage, again) => {
  it('is named, and stops nothing else', async () => {
    const [id, folder, other] = runs();
    damage(folder);
    const commands = [['status'], ['plan', ...smallTable], ['report', ...smallTable.slice(0, 3)], ['clean']];
    for (const command of commands) {
      const { exitCode, output, messages } = await program.run(command);
      expect({ command, exitCode }).toEqual({ command, exitCode: 0 });
      expect(messages).not.toContain('Internal error');
      if (command[0] === 'status' || command[0] === 'plan') expect(output).toContain(name);
    }
    const { exitCode, messages } = await program.run(smallTable);
    expect(messages).not.toContain('Internal error');
    expect(program.store.state(other)).toBe('done');
    expect(program.store.isDone(id)).toBe(again === 'run again');
    expect(exitCode).toBe(again === 'run again' ? 0 : 2);
    if (again === 'left out') expect(messages).toContain(name);
  });
});

describe('a log that is', () => {
  it.each([
    ['a folder', mkdirSync],
    ['a pipe', pipe],
  ])('%s is named, and stops nothing else', async (_, put) => {
    const [id, folder, other] = runs();
    withoutResult(folder);
    inPlaceOf(folder, 'log.txt', put);
    const { exitCode, messages } = await program.run(smallTable);
    expect(exitCode).toBe(2);
    expect(messages).toMatch(/log\.txt.*(folder|regular)/);
    expect(program.store.state(other)).toBe('done');
    rmSync(join(folder, 'log.txt'), { recursive: true });
    expect((await program.run(smallTable)).exitCode).toBe(0);
    expect(program.store.isDone(id)).toBe(true);
  });
});

it('a file among the runs is none of them', async () => {
  writeFileSync(join(program.store.root, 'README'), 'Runs.');
  expect((await program.run(['status'])).output).toContain('2 done');
  expect((await program.run(['report', ...smallTable.slice(0, 3)])).exitCode).toBe(0);
});

describe('import', () => {
  let other: Program;
  beforeEach(() => {
    other = new Program();
  });
  afterEach(() => {
    other.close();
  });

  it.each([
    ['a link', (path: string) => symlinkSync('/etc/hostname', path)],
    ['a pipe', pipe],
    ['a folder', mkdirSync],
  ])('refuses a run with %s in it, names it, and leaves nothing of it', async (_, put) => {
    const [id, folder, sound] = runs();
    inPlaceOf(folder, 'log.txt', put);
    const { exitCode, output } = await other.run(['import', program.reports]);
    expect(exitCode).toBe(0);
    expect(output).toContain('1 imported');
    expect(output).toMatch(/refused .*log\.txt/);
    expect(existsSync(other.store.folder(id))).toBe(false);
    expect(other.store.isDone(sound)).toBe(true);
  });

  it('takes the files that runs leave, and no others', async () => {
    const [id, folder] = runs();
    writeFileSync(join(folder, 'log.txt'), 'said');
    writeFileSync(join(folder, 'id_rsa'), 'secret');
    mkdirSync(join(folder, 'tensorboard'));
    await other.run(['import', program.reports]);
    expect(readFileSync(join(other.store.folder(id), 'log.txt'), 'utf8')).toBe('said');
    expect(readdirSync(other.store.folder(id))).not.toContain('id_rsa');
    expect(other.store.isDone(id)).toBe(true);
  });
});

it('a bundle does not follow links: it names them', async () => {
  const [, folder] = runs();
  inPlaceOf(folder, 'log.txt', (path) => symlinkSync('/etc/hostname', path));
  const zip = join(program.reports, 'tables.zip');
  const { exitCode, messages } = await program.run(['report', ...smallTable.slice(0, 3), '--bundle', zip]);
  expect(exitCode).toBe(1);
  expect(messages).toMatch(/log\.txt.*it is a link/);
  expect(existsSync(zip)).toBe(false);
});
