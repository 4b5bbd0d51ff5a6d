import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../harness/cli/main.js';
import { inProject } from '../../harness/core/project.js';
import { expand } from '../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { fourCards, twoCores } from '../support/machines.js';
import { sizeOf } from '../support/step-sizes.js';
import { TextStream } from '../support/text-stream.js';
import { papers, toyWorker } from '../support/toy-program.js';
import { toy } from '../toy-paper/index.js';

const folder = new ExperimentFolder(toy);
const plan = (profile: string, machine = twoCores) =>
  expand({ matrices: toy.tables.map((name) => folder.matrix(name)), profile, machine, sizeOf, folder });

describe('a paper that is one folder of at most 60 lines', () => {
  it('has no more', () => {
    const files = readdirSync(inProject(toy.folder), { recursive: true, withFileTypes: true });
    const lines = files
      .filter((file) => file.isFile())
      .flatMap(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8').trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  it('is the example of docs/add-a-paper.md', () => {
    const text = readFileSync(inProject('docs', 'add-a-paper.md'), 'utf8');
    const blocks = [...text.matchAll(/^```\w+\n(.*?)^```$/gmsu)].map(([, block]) => block);
    for (const file of ['index.ts', 'model.ts', 'tables/table1.yaml'])
      expect(blocks).toContain(readFileSync(inProject(toy.folder, file), 'utf8'));
  });

  it('is planned: two trainings for each seed, and one comparison of the two', () => {
    const { paper, tables, jobs } = plan('quick');
    expect(paper).toBe('toy');
    expect(tables[0]?.entries.map(({ label, published, layout }) => [label, published, layout?.text])).toEqual([
      ['Plain-4', 'width4', '2 x [all]'],
      ['Plain-8', 'width8', '[all]'],
    ]);
    expect(jobs.map(({ title }) => title)).toEqual([
      'Plain-4 2 x [all] against Plain-8 [all], paper, batch 16',
      'Plain-4 on synthetic, paper, 2 replicas, seed 0',
      'Plain-8 on synthetic, paper, seed 0',
    ]);
    expect(plan('paper', fourCards).jobs).toHaveLength(1 + 2 * 2);
  });
});

describe('the program with the toy paper', () => {
  const reports = mkdtempSync(join(tmpdir(), 'toy-'));
  const worker = toyWorker();
  afterAll(() => {
    rmSync(reports, { recursive: true });
  });

  async function run(...args: readonly string[]): Promise<string> {
    const [output, messages] = [new TextStream(), new TextStream()];
    const surroundings = {
      environment: {},
      output,
      messages,
      papers: async () => papers,
      worker,
      hardware: { cpu: 'CPU Y', cores: [0, 1], memoryBytes: 2 ** 35, gpus: [] },
      slotNamespace: `toy-${process.pid}`,
    };
    const shortened = ['training.steps=20', 'training.batch=16', 'training.evaluateEvery=20', 'timing.rounds=3'];
    const settings = shortened.flatMap((setting) => ['--set', setting]);
    const all = [...args, '--profile', 'quick', ...settings, '--reports-folder', reports];
    const exitCode = await main(all, surroundings, []);
    expect(`${exitCode} ${exitCode === 0 ? '' : messages.text}`).toBe('0 ');
    return output.text;
  }
  const report = (name: string): string => readFileSync(join(reports, 'quick', 'toy', name), 'utf8');

  /** Provenance of each number of the table: `width4 rs` is `measured`. */
  const provenances = (): Map<string, string> =>
    new Map(
      report('table1.csv')
        .split('\n')
        .map((line) => line.split(','))
        .map(({ 1: row = '', 6: metric = '', 8: provenance = '' }) => [`${row} ${metric}`, provenance]),
    );

  it('runs it on two devices, and reports numbers beside the printed ones and a verdict on the claim', async () => {
    const table = await run('toy', '--devices', 'cpu:2');
    for (const text of ['Plain-4', '48.1', 'Plain-8', '42.5', '40  ']) expect(table).toContain(text);
    const found = provenances();
    for (const number of ['width4 error', 'width8 error', 'width4 rs', 'width4 step-time'])
      expect([number, found.get(number)]).toEqual([number, 'measured']);
    // Which verdict depends on the machine that this runs on.
    expect(report('summary.md')).toMatch(
      /on two devices\. \| (?:reproduced|not reproduced|not judged) \| .*RS of width4 above that of width8/u,
    );
  });

  it('projects on one device what takes two', async () => {
    await run('toy', '--devices', 'cpu:1');
    const found = provenances();
    expect(found.get('width4 rs')).toBe('projected');
    // Trainings do not depend on the layout's devices: they are those of before.
    expect(found.get('width4 error')).toBe('measured');
  });
});
