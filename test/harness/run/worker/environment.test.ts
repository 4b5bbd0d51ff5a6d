import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { environmentSchema } from '../../../../harness/store/environment.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { energyJoules, recordPower } from '../../../../harness/run/worker/energy.js';
import { describeEnvironment, peakMemoryBytes } from '../../../../harness/run/worker/environment.js';
import { visibleGpus } from '../../../../harness/engine/devices/visible-gpus.js';
import { emptyFolder, execution } from '../../../support/run-folders.js';

/** Sets a variable of this process for one test. */
function setVariable(name: string, value: string | undefined): void {
  const before = process.env[name];
  const set = (to: string | undefined) => {
    if (to === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = to;
  };
  set(value);
  onTestFinished(() => {
    set(before);
  });
}

/** A machine with three cards, told by an `nvidia-smi` that, like the real one, knows `-i` and lists in the order of the bus. */
function threeCards(): void {
  const folder = emptyFolder();
  const path = join(folder, 'nvidia-smi');
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in *power.draw*) while :; do echo 100.5; echo 50.25; sleep 0.05; done;; esac
chosen=' 0 1 2 GPU-a0 GPU-b1 GPU-c2 '
while [ $# -gt 0 ]; do [ "$1" = -i ] && chosen=" $(echo "$2" | tr , ' ') "; shift; done
for card in "0 GPU-a0 40000" "1 GPU-b1 30000" "2 GPU-c2 20000"; do
  set -- $card
  case "$chosen" in *" $1 "*|*" $2 "*) echo "$1, $2, Card $1, 50000, 550.1, 100, $3";; esac
done
`,
  );
  chmodSync(path, 0o755);
  setVariable('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}

describe('the commit', () => {
  const commitOf = async (): Promise<string | null> => (await describeEnvironment(execution())).gitCommit;

  it('is that of the project, whatever repository’s hook has called', async () => {
    const own = await commitOf();
    expect(own).toMatch(/^[0-9a-f]{40}$/);
    const other = emptyFolder();
    execFileSync('git', ['init', '--quiet', other]);
    setVariable('GIT_DIR', join(other, '.git'));
    setVariable('GIT_WORK_TREE', other);
    expect(await commitOf()).toBe(own);
  });

  it('that git refuses to name is said in its words', async () => {
    const folder = emptyFolder();
    const words = "detected dubious ownership in repository at '/srv/tables'";
    writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "fatal: ${words}" >&2\nexit 128\n`, { mode: 0o755 });
    setVariable('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
    const warned: string[] = [];
    const environment = await describeEnvironment(execution(), (line) => warned.push(line));
    expect(environment).toMatchObject({ gitCommit: null, gitTrouble: words });
    expect(warned.join()).toContain(words);
  });
});

describe('GPUs', () => {
  it.each([
    { visible: undefined, devices: 'gpu', models: ['Card 0', 'Card 1', 'Card 2'] },
    { visible: '1,2', devices: 'gpu', models: ['Card 1', 'Card 2'] },
    { visible: '1,2', devices: 'gpu:1', models: ['Card 2'] },
    // CUDA numbers devices in the order of the variable, nvidia-smi lists them in that of the bus.
    { visible: 'GPU-c2,GPU-a0', devices: 'gpu:0', models: ['Card 2'] },
    { visible: '', devices: 'gpu', models: [] },
    { visible: undefined, devices: 'cpu:2', models: [] },
    { visible: undefined, devices: 'gpu:0/4', models: ['Card 0'] },
  ])('CUDA_VISIBLE_DEVICES=$visible and $devices: $models', async ({ visible, devices, models }) => {
    threeCards();
    setVariable('CUDA_VISIBLE_DEVICES', visible);
    const { gpus } = await visibleGpus(devices);
    expect(gpus.map(({ model }) => model)).toEqual(models);
    for (const { driver } of gpus) expect(driver).toBe('550.1');
  });

  it('are none where nvidia-smi is missing', async () => {
    setVariable('PATH', emptyFolder());
    setVariable('CUDA_VISIBLE_DEVICES', undefined);
    expect(await visibleGpus('gpu')).toEqual({ gpus: [] });
  });
});

it('describes this machine as the schema asks', async () => {
  const described = await describeEnvironment(execution({ devices: 'cpu:2' }));
  const environment = environmentSchema.parse({ ...described, tensorflow: '2.21.0' });
  expect(environment).toMatchObject({ devices: 'cpu:2', gpus: [], driver: null, node: process.version });
  expect(environment.os).toMatch(/^linux \S+ (x64|arm64)$/);
  expect(environment.memoryBytes).toBeGreaterThan(1e8);
});

it('peak memory never falls, and covers what this process once held', () => {
  const held = Buffer.alloc(30e6, 1);
  const peak = peakMemoryBytes();
  expect(peak).toBeGreaterThan(held.length);
  expect(peakMemoryBytes()).toBeGreaterThanOrEqual(peak);
});

describe('energy', () => {
  const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();

  it('is the integral of the readings of all attempts, without the gap between them', () => {
    const folder = emptyFolder();
    // 100 W rising to 200 W over 2 s: 300 J; an hour's pause; 1 s at 50 W.
    const rows = [`${at(0)},100`, `${at(2)},200`, `${at(3600)},50`, `${at(3601)},50`, `${at(3602)},`];
    writeFileSync(runFile(folder, 'power'), `at,watts\n${rows.join('\n')}`);
    expect(energyJoules(folder)).toBeCloseTo(350, 9);
  });

  it('is null where nothing was read', () => {
    const folder = emptyFolder();
    expect(energyJoules(folder)).toBeNull();
    writeFileSync(runFile(folder, 'power'), 'at,watts\n');
    expect(energyJoules(folder)).toBeNull();
  });

  it('sums the cards of a run', async () => {
    threeCards();
    const folder = emptyFolder();
    const { gpus } = await visibleGpus('gpu:0,1');
    const stop = recordPower(folder, gpus);

    await expect.poll(() => readFileSync(runFile(folder, 'power'), 'utf8').split('\n').length).toBeGreaterThan(4);
    stop();
    const rows = readFileSync(runFile(folder, 'power'), 'utf8').trimEnd().split('\n').slice(1);
    for (const row of rows) expect(row).toMatch(/Z,150\.75$/);
    expect(energyJoules(folder)).toBeGreaterThan(0);
  });
});
