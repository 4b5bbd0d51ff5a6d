import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What `make` would run, without running it. */
const wouldRun = (...args: string[]): string =>
  execFileSync('make', ['--no-print-directory', '--dry-run', 'NODE=node', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

it.each([
  [['table2'], 'table2'],
  [['table5', 'PROFILE=paper', 'DEVICES=gpu:0,1'], 'table5 --profile paper --devices gpu:0,1'],
  [['seeds', 'EXECUTOR=slurm', 'ARGS=--seeds 3'], 'seeds --executor slurm --seeds 3'],
  [['all', 'PROFILE=quick'], '--all --profile quick'],
  [['table2', 'BUDGET=2h'], 'table2 --budget 2h'],
  [['shortcut', 'PROFILE=quick'], 'shortcut --profile quick'],
  [['everything'], '--all --paper all'],
  [['report'], 'report'],
  [['fit'], 'fit'],
  [['bench'], 'bench'],
  [['setup'], 'setup'],
])('make %j runs one command', (args, command) => {
  expect(wouldRun(...args).replace(/\s+/g, ' ')).toBe(`node bootstrap/reproduce.mjs ${command}`);
});

it('make review runs every table whose name says that it answers the review', () => {
  const tables = readdirSync(`${root}/experiments/warpnet/tables`)
    .filter((name) => /^review-.*\.yaml$/.test(name))
    .map((name) => name.replace('.yaml', ''));
  expect(tables.length).toBeGreaterThanOrEqual(4);
  const [program, script, ...named] = wouldRun('review', 'PROFILE=quick').split(/\s+/);
  expect([program, script]).toEqual(['node', 'bootstrap/reproduce.mjs']);
  expect(named.slice(0, -2).sort()).toEqual(tables.sort());
  expect(named.slice(-2)).toEqual(['--profile', 'quick']);
});

it('make test sets up, lints, checks the types of sources and tests, and only then runs the tests', () => {
  const steps = wouldRun('test')
    .split('\n')
    .map((line) => /reproduce\.mjs setup|eslint|prettier|tsc|vitest/.exec(line)?.[0]);
  expect(steps).toEqual(['reproduce.mjs setup', 'eslint', 'prettier', 'tsc', 'vitest']);
});

it('make clean leaves runs, data and TensorFlow alone', () => {
  expect(wouldRun('clean')).toBe('rm -rf dist reports/test');
});
