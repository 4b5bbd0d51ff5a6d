import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../harness/core/project.js';
import { expand } from '../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { Papers } from '../../harness/plan/paper/papers.js';
import { papers as ours } from '../support/papers.js';
import { sizeOf } from '../support/step-sizes.js';
import { fourCards, twoCores } from '../support/machines.js';
import { toy } from '../toy-paper/index.js';

const folder = new ExperimentFolder(toy);
const plan = (profile: string, machine = twoCores) =>
  expand({ matrices: toy.tables.map((name) => folder.matrix(name)), profile, machine, sizeOf, folder });

describe('a paper that is one folder of at most 60 lines', () => {
  it('has no more', () => {
    const files = readdirSync(inProject(toy.folder), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    const lines = files.map(({ parentPath, name }) =>
      readFileSync(join(parentPath, name), 'utf8').trimEnd().split('\n'),
    );
    expect(lines.flat().length).toBeLessThanOrEqual(60);
  });

  it('is planned: two trainings for each seed, and one comparison of the two', () => {
    const { paper, tables, cells } = plan('quick');
    expect(paper).toBe('toy');
    expect(tables[0]?.entries.map(({ label, published, layout }) => [label, published, layout?.text])).toEqual([
      ['Plain-4', 'width4', '[all]'],
      ['Plain-8', 'width8', '[all]'],
    ]);
    expect(cells.map(({ title }) => title)).toEqual([
      'Plain-4 [all] against Plain-8 [all], paper, batch 16',
      'Plain-4 on synthetic, paper, seed 0',
      'Plain-8 on synthetic, paper, seed 0',
    ]);
    expect(plan('paper', fourCards).cells).toHaveLength(1 + 2 * 2);
  });

  it('shares no job with another paper', () => {
    const both = new Papers([...ours.all, toy]);
    expect(both.named('toy')).toBe(toy);
    for (const { paper } of plan('quick').cells) expect(paper).toBe('toy');
  });
});
