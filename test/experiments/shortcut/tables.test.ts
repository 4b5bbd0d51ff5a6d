/** The program with a small matrix of the paper's problems: from the command line to tables and a bundle. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../../harness/cli/main.js';
import { inProject } from '../../../harness/core/project.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { wilsonInterval } from '../../../harness/core/statistics.js';
import { plain } from '../../../experiments/shortcut/model/arms.js';
import { teacher } from '../../../experiments/shortcut/model/teacher.js';
import { runTrials } from '../../../experiments/shortcut/model/trials.js';
import { twoCores } from '../../support/machines.js';
import { papers } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';
import { TextStream } from '../../support/text-stream.js';

const shortcut = papers.named('shortcut');
const folder = mkdtempSync(join(tmpdir(), 'shortcut-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const matrix = (...lines: readonly string[]): string => {
  const path = join(folder, 'small.yaml');
  const head = ['paper: shortcut', 'id: small', 'title: Small', 'measure: [success]'];
  writeFileSync(path, [...head, ...lines, ''].join('\n'));
  return path;
};
async function run(...args: readonly string[]): Promise<{ code: number; text: string; messages: string }> {
  const [output, messages] = [new TextStream(), new TextStream()];
  const surroundings = {
    environment: {},
    output,
    messages,
    papers: async () => papers,
    worker: [process.execPath, inProject('bootstrap', 'worker.mjs')],
    hardware: { cpu: 'CPU Y', cores: [0, 1], memoryBytes: 2 ** 35, gpus: [] },
    slotNamespace: `shortcut-${process.pid}`,
    setUp: async () => {
      throw new Error('TensorFlow is set up for a table that it computes nothing of');
    },
  };
  const code = await main([...args, '--reports-folder', join(folder, 'reports')], surroundings, []);
  return { code, text: output.text, messages: messages.text };
}

describe('a small grid', () => {
  const report = (name: string): string => readFileSync(join(folder, 'reports', 'quick', 'small', name), 'utf8');
  const small = [
    'trials: 40',
    'defaults: { patchInputs: 8, teacherAngle: 60, stepInputs: all }',
    'rows:',
    '  - { problem: plain, patches: 16, sumRatio: 1 }',
    '  - { problem: warm-up, patches: 16, sumRatio: 1, rho: 30 }',
  ];
  const asked = ['run', matrix(...small), '--profile', 'quick'];

  it('runs without TensorFlow, and shows success rates with Wilson intervals over its trials', async () => {
    const { code, messages } = await run(...asked);
    expect(`${code} ${code === 0 ? '' : messages}`).toBe('0 ');
    const { global } = runTrials({ teacher: teacher({ k: 16, p: 8, r: 1 }), arm: plain(5 / 16), trials: 40, seed: 0 });
    const { low, high } = wilsonInterval((100 * global) / 40, 40);
    const [line] = parse<Record<string, string>>(report('small.csv'), { columns: true });
    expect(line).toMatchObject({ metric: 'success', interval_over: 'trials', n: '40', dataset: '', printed: '' });
    // The CSV has ten digits.
    expect(Number(line?.['value'])).toBeCloseTo((100 * global) / 40, 6);
    expect(Number(line?.['low'])).toBeCloseTo(low, 6);
    expect(Number(line?.['high'])).toBeCloseTo(high, 6);
    for (const file of ['small.md', 'small.tex', 'index.html']) expect(report(file)).toContain('Success');
    expect(report('trials.csv').trim().split('\n')).toHaveLength(1 + 2 * 4);
  });

  it('pools the trials of all seeds', async () => {
    expect((await run(...asked, '--seeds', '0,1')).code).toBe(0);
    const lines = parse<Record<string, string>>(report('small.csv'), { columns: true });
    expect(lines.map(({ n }) => n)).toEqual(['80', '80']);
    expect(JSON.parse(report('provenance.json'))).toMatchObject({ seeds: [0, 1] });
  });
});

describe('the paper’s own tables', () => {
  it('are reported in a bundle that is made again from its CSVs', async () => {
    const zip = join(folder, 'shortcut.zip');
    expect((await run('report', 'shortcut', '--profile', 'quick', '--bundle', zip)).code).toBe(0);
    const { code, text } = await run('report', '--verify', zip);
    expect([code, text]).toEqual([0, expect.stringContaining('all as they should be')]);
  });

  it('say that no printed numbers could be had, and have no column for them', () => {
    const matrices = new ExperimentFolder(shortcut);
    for (const name of shortcut.tables) {
      expect(matrices.matrix(name).notes.join(' '), name).toContain('could not be had');
      expect(readFileSync(join(folder, 'reports', 'quick', 'shortcut', `${name}.md`), 'utf8')).not.toMatch(
        /, printed/u,
      );
    }
  });

  it('share jobs: the phase table’s warm-up is a cell of the table by rho', () => {
    const matrices = new ExperimentFolder(shortcut);
    const plan = (...names: string[]) =>
      expand({
        matrices: names.map((name) => matrices.matrix(name)),
        profile: 'quick',
        machine: twoCores,
        sizeOf,
        folder: matrices,
      }).jobs.length;
    expect(plan('shortcut')).toBe(5 * 3 * 4);
    // Only its plain row is new.
    expect(plan('shortcut', 'phase')).toBe(5 * 3 * 4 + 1);
  });

  it('draw how each arm goes: warm-up never ends at the spurious point, plain descent does', () => {
    const text = readFileSync(join(folder, 'reports', 'quick', 'shortcut', 'phase.csv'), 'utf8');
    const points = parse<Record<'arm' | 'end', string>>(text, { columns: true });
    const endsOf = (arm: string) => new Set(points.filter((point) => point.arm === arm).map(({ end }) => end));
    expect(endsOf('plain')).toEqual(new Set(['global', 'spurious']));
    expect(endsOf('shortcut, warm-up')).toEqual(new Set(['global']));
  });
});

describe('a matrix of problems with a mistake', () => {
  it.each([
    [
      'an instance that cannot be',
      [
        'trials: 5',
        'rows: [{ problem: plain, patches: 16, sumRatio: 17, patchInputs: 8, teacherAngle: 60, stepInputs: all }]',
      ],
      'TEACHER_IMPOSSIBLE',
    ],
    [
      'an axis of another problem',
      [
        'trials: 5',
        'rows: [{ problem: plain, patches: 16, sumRatio: 1, patchInputs: 8, teacherAngle: 60, stepInputs: all, rho: 3 }]',
      ],
      'KEY_UNKNOWN',
    ],
    [
      'an axis missing',
      [
        'trials: 5',
        'rows: [{ problem: warm-up, patches: 16, sumRatio: 1, patchInputs: 8, teacherAngle: 60, stepInputs: all }]',
      ],
      'KEY_MISSING',
    ],
    [
      'no number of trials',
      ['rows: [{ problem: plain, patches: 16, sumRatio: 1, patchInputs: 8, teacherAngle: 60, stepInputs: all }]'],
      'KEY_MISSING',
    ],
    [
      'a data set',
      [
        'trials: 5',
        'rows: [{ dataset: cifar10, problem: plain, patches: 16, sumRatio: 1, patchInputs: 8, teacherAngle: 60, stepInputs: all }]',
      ],
      'KEY_UNKNOWN',
    ],
    ['an unknown problem', ['trials: 5', 'rows: [{ problem: warmup }]'], 'VALUE_INVALID'],
  ])('is refused at its place: %s', (_, lines, code) => {
    const path = matrix(...lines);
    let refusal: unknown;
    try {
      new ExperimentFolder(shortcut).matrixAt(path);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code, place: { file: path } });
  });
});
