/** The entry, in a small project of its own with an npm and a tsc that are quick, and a program that says what it was called with. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { which } from '../tools.js';
import { lockOf, program, tsc } from './fake-programs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
const inFolder = (...parts: string[]): string => join(folder, ...parts);
function put(path: string, text: string): void {
  mkdirSync(dirname(inFolder(path)), { recursive: true });
  writeFileSync(inFolder(path), text);
}
const npmCalls = (): string[] =>
  existsSync(inFolder('npm.log')) ? readFileSync(inFolder('npm.log'), 'utf8').trim().split('\n') : [];

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}
function reproduce(
  argv: readonly string[],
  node: readonly string[] = [],
  environment: Record<string, string> = {},
  user: { readonly uid?: number; readonly gid?: number } = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, inFolder('bootstrap', 'reproduce.mjs'), ...argv],
    {
      encoding: 'utf8',
      env: { PATH: inFolder('bin'), HOME: folder, ...environment },
      ...user,
    },
  );
  return { code: status, output: stdout, errors: stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reproduce-'));
  cpSync(join(root, 'bootstrap'), inFolder('bootstrap'), { recursive: true });
  put('package.json', '{"type": "module"}');
  put('package-lock.json', lockOf('1.0.0'));
  put('tsconfig.json', '{}');
  mkdirSync(inFolder('datasets'));
  mkdirSync(inFolder('bench'));
  put('harness/cli/main.ts', program);
  put('experiments/commands.ts', 'export const commands = ["fit"];');
  put('experiments/index.ts', 'export const papers = "the papers";');
  put(
    'harness/run/worker/subprocess.ts',
    'export const runWorker = async ({ papers }) => { console.log(`worker with ${papers} in ${process.argv[2]}`); };',
  );
  put('harness/setup/set-up.ts', 'export const setUpTensorFlow = async () => { console.log("TensorFlow set up"); };');
  put(
    'bin/npm',
    `#!/bin/sh\necho "$@" >> '${inFolder('npm.log')}'\nenv > '${inFolder('npm.env')}'\nmkdir -p '${inFolder('node_modules')}'\ncp -r '${inFolder('packages')}/.' '${inFolder('node_modules')}'\n`,
  );
  chmodSync(inFolder('bin', 'npm'), 0o755);
  for (const tool of ['sh', 'flock', 'mkdir', 'cp', 'env']) symlinkSync(which(tool) ?? tool, inFolder('bin', tool));
  mkdirSync(inFolder('packages'));
  put('packages/typescript/bin/tsc', tsc);
  put('packages/.package-lock.json', lockOf('1.0.0'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('from a fresh clone', () => {
  it('installs packages without their scripts, compiles, sets TensorFlow up, runs; and the second time only runs', () => {
    const first = reproduce(['table2', '--profile', 'quick']);
    expect(first.errors).toMatch(/npm ci[^]*tsc/);
    expect(first).toMatchObject({ code: 0, output: 'TensorFlow set up\nmain table2 --profile quick\n' });
    expect(npmCalls()).toEqual([expect.stringContaining('ci --ignore-scripts')]);

    expect(reproduce(['table2'])).toEqual({ code: 0, output: 'TensorFlow set up\nmain table2\n', errors: '' });
    expect(npmCalls()).toHaveLength(1);
  });

  it('doctor reports that the packages are missing and installs nothing', () => {
    const { code, output } = reproduce(['doctor']);
    expect(code).toBe(1);
    expect(output).toMatch(/missing +npm packages[^]*make setup/);
    expect(JSON.parse(reproduce(['doctor', '--json']).output)).toMatchObject({ ready: false });
    expect(npmCalls()).toEqual([]);
  });

  it('npm is told to install what compiles, whatever the caller’s environment leaves out', () => {
    const production = {
      NODE_ENV: 'production',
      npm_config_omit: 'dev optional',
      NPM_CONFIG_PRODUCTION: 'true',
      'npm_config_dry-run': 'true',
      npm_config_registry: 'https://registry.example/',
      HTTPS_PROXY: 'http://proxy.example:3128',
    };
    expect(reproduce(['table2'], [], production).code).toBe(0);
    expect(npmCalls()).toEqual([expect.stringContaining('--include=dev')]);
    const environment = readFileSync(inFolder('npm.env'), 'utf8');
    expect(environment).not.toMatch(/^(node_env|npm_config_(omit|production|dry.run))=/im);
    expect(environment).toContain('npm_config_registry=https://registry.example/');
    expect(environment).toContain('HTTPS_PROXY=http://proxy.example:3128');
  });

  it('npm that leaves packages out is found out, and again the next time', () => {
    put('packages/.package-lock.json', JSON.stringify({ packages: {} }));
    for (let call = 1; call <= 2; call++) {
      const { code, errors } = reproduce(['table2']);
      expect(code).toBe(1);
      expect(errors).toContain('[NPM_INCOMPLETE]');
      expect(npmCalls()).toHaveLength(call);
    }
  });

  it('without npm says so', () => {
    rmSync(inFolder('bin', 'npm'));
    const { code, errors } = reproduce(['table2']);
    expect(code).toBe(1);
    expect(errors).toContain('[NPM_MISSING]');
    expect(errors).not.toContain('    at ');
  });

  it('npm that fails is one error after npm’s own words', () => {
    put('bin/npm', '#!/bin/sh\necho "npm error ENOTFOUND" >&2\nexit 1\n');
    const { code, errors } = reproduce(['table2']);
    expect(code).toBe(1);
    expect(errors).toMatch(/npm error ENOTFOUND[^]*\[NPM_FAILED\]/);
  });
});

describe('afterwards', () => {
  beforeEach(() => {
    reproduce(['--help']);
  });

  it('the program is given its papers, their commands, the command of a worker and the process’s streams', () => {
    const [, given = ''] = reproduce(['given']).output.split('\n');
    const worker = inFolder('bootstrap', 'worker.mjs');
    expect(JSON.parse(given)).toEqual(['the papers', [process.execPath, worker], ['fit'], true, true, true]);
    const { stdout } = spawnSync(process.execPath, [worker, '/a/run'], { encoding: 'utf8' });
    expect(stdout).toBe('worker with the papers in /a/run\n');
  });

  it('the program’s exit code is the process’s', () => {
    expect(reproduce(['fails']).code).toBe(2);
  });

  it('sources that a copy or an image gave other times are not compiled again', () => {
    const past = new Date('2001-01-01T00:00:00Z');
    for (const name of ['harness/cli/main.ts', 'experiments/index.ts']) utimesSync(inFolder(name), past, past);
    for (let call = 1; call <= 2; call++) expect(reproduce(['table2']).errors).toBe('');
  });

  it('a changed source is compiled before it runs, an unchanged one is not', () => {
    expect(reproduce(['status']).errors).toBe('');
    put('harness/cli/main.ts', 'export const main = async () => { console.log("changed"); return 0; };');
    expect(reproduce(['status'])).toMatchObject({
      output: 'changed\n',
      errors: expect.stringContaining('tsc') as string,
    });
  });

  it('a source that does not compile stops with the compiler’s words', () => {
    put('harness/cli/main.ts', '// : number = "\nexport const main = 1;');
    const { code, errors, output } = reproduce(['status']);
    expect(code).toBe(1);
    expect(`${errors}${output}`).toMatch(/main\.ts.*TS2322[^]*\[COMPILE_FAILED\]/);
    expect(reproduce(['status']).code).toBe(1);
  });

  it('a lock file that names other versions brings npm again; one that npm itself has installed does not', () => {
    put('package-lock.json', lockOf('2.0.0'));
    put('node_modules/.package-lock.json', lockOf('2.0.0'));
    reproduce(['status']);
    expect(npmCalls()).toHaveLength(1);
    put('package-lock.json', lockOf('3.0.0'));
    put('packages/.package-lock.json', lockOf('3.0.0'));
    reproduce(['status']);
    expect(npmCalls()).toHaveLength(2);
  });

  it('an error of set-up is shown as message, way out and code, without a stack', () => {
    put(
      'harness/setup/set-up.ts',
      'class Problem extends Error { name = "Problem"; code = "DISK_FULL"; hint = "Make room."; }\nexport const setUpTensorFlow = async () => { throw new Problem("the disk is full"); };',
    );
    const { code, errors } = reproduce(['table2']);
    expect(code).toBe(1);
    expect(errors).toMatch(/^compiling[^\n]*\nthe disk is full\nMake room\. \[DISK_FULL\]\n$/);
  });

  it('WARPNET_SKIP_SETUP=1 takes everything as it is', () => {
    put('harness/cli/main.ts', 'export const main = async () => { console.log("changed"); return 0; };');
    expect(reproduce(['table2'], [], { WARPNET_SKIP_SETUP: '1' }).output).toBe('main table2\n');
  });
});

describe('Node', () => {
  const pretend = (version: string): string[] => [
    '--import',
    `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
  ];

  it.each(['18.20.0', '20.18.1'])('%s is refused with the versions that work', (version) => {
    const { code, errors } = reproduce(['table2'], pretend(version));
    expect(code).toBe(1);
    expect(errors).toMatch(/20\.19 or newer[^]*\[NODE_VERSION\]/);
    expect(npmCalls()).toEqual([]);
  });

  it.each(['20.19.0', '22.12.0', '23.0.0', '26.1.0'])('%s is taken', (version) => {
    expect(reproduce(['table2'], pretend(version))).toMatchObject({ code: 0 });
  });

  it('too old answers --help and doctor all the same, and installs nothing', () => {
    const { code, output } = reproduce(['--help'], pretend('18.20.0'));
    expect(code).toBe(0);
    expect(output).toMatch(/TABLE[^]*20\.19 or newer/);
    const doctor = reproduce(['doctor', '--json'], pretend('18.20.0'));
    expect(doctor.code).toBe(1);
    expect(JSON.parse(doctor.output)).toMatchObject({
      ready: false,
      checks: [{ name: 'Node', status: 'missing' }, { name: 'npm packages' }],
    });
    expect(npmCalls()).toEqual([]);
  });
});

/** Only root can be somebody else. */
function cannotBeOthers(): boolean {
  if (process.getuid?.() === 0) return false;
  console.warn('skipped: the tests of a clone of another user run as root alone');
  return true;
}

describe.skipIf(cannotBeOthers())('in a clone of another user, who alone may write to it', () => {
  const nobody = { uid: 65_534, gid: 65_534 };
  beforeEach(() => {
    chmodSync(folder, 0o755);
  });

  it('what is missing cannot be set up: that is said, with a way out and no stack', () => {
    const { code, errors } = reproduce(['table2'], [], {}, nobody);
    expect(code).toBe(1);
    expect(errors).toMatch(/EACCES[^]*clone the project to a folder of yours[^]*\[SYSTEM_REFUSED\]/u);
    expect(errors).not.toMatch(/^ +at /mu);
    expect(npmCalls()).toEqual([]);
  });

  it('what is complete runs', () => {
    expect(reproduce(['table2']).code).toBe(0);
    expect(reproduce(['given-nothing'], [], {}, nobody)).toMatchObject({
      code: 0,
      output: 'main given-nothing\n',
      errors: '',
    });
  });
});
