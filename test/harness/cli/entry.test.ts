/** The program as a shell starts it: `node bootstrap/reproduce.mjs …`. */
import { execFile, spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';
import { Program, smallTable } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'entry-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const entry = inProject('bootstrap', 'reproduce.mjs');
const environment = { ...process.env, WARPNET_SKIP_SETUP: '1' };

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly messages: string;
}

const reproduce = async (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [entry, ...args], { env: environment }, (_error, output, messages) => {
      resolve({ code: child.exitCode, output, messages });
    });
  });

describe('a mistake', () => {
  it.concurrent.each([
    [['table2', '--jobs', 'NaN'], 'USAGE', '--jobs 2'],
    [['table2', '--jobs', '0'], 'USAGE', '--jobs 2'],
    [['table2', '--jobs=-1'], 'USAGE', '--jobs 2'],
    [['table2', '--jobs', '0.5'], 'USAGE', '--jobs 2'],
    [['table2', '--profile', 'quick', '--profile', 'auto'], 'USAGE', 'Give it once'],
    [['report', '--reports-folder', 'a', '--reports-folder', 'b'], 'USAGE', 'Give it once'],
    [['plan', '--file', 'a', '--file', 'b'], 'USAGE', 'Give it once'],
    [['table2', '--set'], 'USAGE', '--help'],
    [['table2', '--profile'], 'USAGE', '--help'],
    [['table2', '--only', '('], 'USAGE', 'part of a title'],
    [['table2', '--data-cache', ''], 'USAGE', 'give it a value'],
    [['data', 'cifar10', '--data-cache='], 'USAGE', 'give it a value'],
    [['table2', '--set', 'training.steps=9e15'], 'OPTION_INVALID', '1000000000'],
    [['report', '--bundle', tmpdir()], 'BUNDLE_IS_FOLDER', 'tables.zip'],
    [['report', '--compare', '/nowhere/a'], 'USAGE', '--help'],
    [['report', '--compare', '/nowhere/a', '/nowhere/b'], 'REPORT_MISSING', 'zip'],
    [['bench', '--rounds', '0'], 'USAGE', '--rounds'],
    [[''], 'USAGE', 'name something'],
    [['plan', 'table2', '--reports-folder', '/dev/null'], 'FILE_TROUBLE', '--reports-folder'],
    [['status', '--reports-folder', '/etc/passwd/x'], 'FILE_TROUBLE', '--reports-folder'],
    [['plan', 'table2', '--data-cache', '/dev/null'], 'FILE_TROUBLE', '--data-cache'],
    [['report', 'seeds', '--profile', 'quick', '--reports-folder', '/proc/foo'], 'NOT_WRITABLE', '--reports-folder'],
  ])('%j is answered with code, message and way out, no stack, and 1', async (args, code, hint) => {
    const { code: exitCode, output, messages } = await reproduce(...args);
    expect(messages).toContain(`[${code}]`);
    expect(messages).toContain(hint);
    expect(messages).not.toMatch(/Internal error|^\s+at /m);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
  });
});

describe('what is asked', () => {
  it.concurrent('--version is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { version: string };
    expect(await reproduce('--version')).toEqual({ code: 0, output: `${version}\n`, messages: '' });
  });

  it.concurrent.each([[['--help']], [['help']], [['plan', '--help']], [['--', 'plan', '--help']]])(
    '%j lists options',
    async (args) => {
      const { code, output } = await reproduce(...args);
      expect(code).toBe(0);
      expect(output).toContain('--reports-folder');
    },
  );

  it.concurrent('--help lists every command, those that papers bring too', async () => {
    const { output } = await reproduce('--help');
    for (const name of ['run <file>', 'plan', 'report', 'data', 'doctor', 'validate-projection', 'fit', 'whatif'])
      expect(output).toContain(`reproduce ${name}`);
  });

  it.concurrent('a file is looked for where npm’s user stands', async () => {
    const stands = join(folder, 'stands');
    mkdirSync(stands);
    const rows = 'rows:\n  - { dataset: synthetic, network: WRN, K: 2, Nwarp: 1, kw: 1 }\n';
    writeFileSync(join(stands, 'own.yaml'), `id: own\ntitle: Own\nmeasure: [error]\n${rows}`);
    const env = { ...environment, npm_lifecycle_event: 'reproduce', INIT_CWD: stands };
    const args = [entry, 'plan', '--file', 'own.yaml', '--devices', 'cpu:1', '--reports-folder', 'reports'];
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { env, cwd: inProject() }, (_error, text, messages) => resolve(text + messages));
    });
    expect(output).toContain('warpnet/own');
  });

  it.concurrent('plan takes --no-projection, as a run does', async () => {
    const reports = join(folder, 'no-projection');
    const args = ['plan', 'table2', '--devices', 'cpu:2', '--json', '--reports-folder', reports];
    const idsOf = ({ output }: Ended): string[] =>
      (JSON.parse(output) as { jobs: { id: string }[] }).jobs.map(({ id }) => id);
    const [all, without] = await Promise.all([reproduce(...args), reproduce(...args, '--no-projection')]);
    expect(without.code).toBe(0);
    expect(idsOf(without).length).toBeLessThan(idsOf(all).length);
  });

  it('report --compare says what differs between two folders', async () => {
    const program = new Program();
    await program.run([...smallTable, '--quiet']);
    const [before, after] = [join(program.reports, 'quick', 'warpnet'), join(folder, 'after')];
    cpSync(before, after, { recursive: true });
    const csv = join(after, 'table2.csv');
    writeFileSync(csv, readFileSync(csv, 'utf8').replaceAll(/\b50(\.0*)?,/g, '49,'));
    const { code, output, messages } = await reproduce('report', '--compare', before, after);
    program.close();
    expect({ code, messages }).toEqual({ code: 0, messages: '' });
    expect(output).toMatch(/WRN.*50.*49/);
  });
});

describe('output that nobody takes', () => {
  it.concurrent('ends quietly when its reader goes', async () => {
    const child = spawn(process.execPath, [entry, 'data'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let messages = '';
    child.stderr.on('data', (text: Buffer) => (messages += text.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, messages }).toEqual({ code: 0, messages: '' });
  });

  it.concurrent('says in one line that a full disk did not take it', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [entry, 'data'], { env: environment, stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    let messages = '';
    child.stderr?.on('data', (text: Buffer) => (messages += text.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(messages).toMatch(/^[^\n]*ENOSPC[^\n]*\[OUTPUT_LOST\]\n$/);
  });

  it.concurrent('is no progress: lost messages change nothing', async () => {
    const reports = join(folder, 'lost-messages');
    mkdirSync(reports);
    writeFileSync(join(reports, 'x'), '');
    const args = ['report', 'seeds', '--profile', 'quick', '--reports-folder', reports];
    const child = spawn(process.execPath, [entry, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.destroy();
    child.stdout.resume();
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(readFileSync(join(reports, 'quick', 'warpnet', 'seeds.md'), 'utf8')).not.toBe('');
  });
});
