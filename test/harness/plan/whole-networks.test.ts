import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definePaper } from '../../../harness/plan/paper/define-paper.js';
import { LayoutProblem } from '../../../harness/plan/paper/layout.js';
import { storedNetwork } from '../../../harness/plan/paper/paper.js';
import { Papers } from '../../../harness/plan/paper/papers.js';
import { wholeNetworks } from '../../../harness/plan/paper/whole-network.js';
import { Problem } from '../../../harness/core/problem.js';
import { editorSchemas } from '../../../harness/plan/yaml/editor-schema.js';
import { toy } from '../../toy-paper/index.js';

const plain = wholeNetworks({
  name: 'Plain',
  axes: { depth: z.int().min(1).max(20), shape: z.enum(['wide', 'narrow']) },
  label: ({ depth, shape }) => `Plain-${depth}-${shape}`,
  facts: ({ depth }) => ({ layers: depth + 2 }),
  repeated: 'depth',
  load: async () => () => ({ options: {}, declarations: [], logits: () => [] }),
});
const paper = definePaper({
  id: 'example',
  citation: { title: 'Example', authors: [], venue: '', year: 2018 },
  systems: [plain],
  tables: [],
  printed: () => ({ rows: new Map(), file: 'none' }),
});
const network = plain.network({ depth: 5, shape: 'wide' }, 10);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a network that is never divided', () => {
  it('has the label, the facts and the repetitions that its system says', () => {
    expect(network).toMatchObject({
      label: 'Plain-5-wide',
      facts: { layers: 7 },
      repetitions: 5,
      classes: 10,
    });
    expect(network.shortened(2).label).toBe('Plain-2-wide');
    expect(network.shortened(9).label).toBe('Plain-5-wide');
  });

  it('is read back as it was stored, and only as its axes allow', () => {
    const stored: unknown = JSON.parse(JSON.stringify(network));
    expect(stored).toEqual({ family: 'plain', depth: 5, shape: 'wide', classes: 10 });
    expect(storedNetwork(paper, stored).key).toBe(network.key);
    for (const changes of [{ depth: 21 }, { shape: 'round' }, { depth: undefined }, { other: 1 }, { family: 'x' }])
      expect(codeOf(() => storedNetwork(paper, { ...(stored as object), ...changes }))).toBe('SPECIFICATION_INVALID');
  });

  it('is all on one device, or a copy on each of several', () => {
    const layouts = ['[all]', ' [ all ] ', '2 x [all]', '16x[all]'].map((text) => network.layout(text, null));
    expect(layouts.map(({ text, devices, replicas }) => [text, devices, replicas])).toEqual([
      ['[all]', 1, 1],
      ['[all]', 1, 1],
      ['2 x [all]', 2, 2],
      ['16 x [all]', 16, 16],
    ]);
    expect(network.defaultLayout(3, {}).text).toBe('3 x [all]');
    expect(network.trainingLayout(1, {}).text).toBe('[all]');
  });

  it.each(['', '[F1]', '0 x [all]', '2000 x [all]', '-1 x [all]', '[all] [all]', '2 x'])(
    'is in no other layout, such as "%s"',
    (text) => {
      expect(() => network.layout(text, null)).toThrow(LayoutProblem);
    },
  );

  it('is built once its models are loaded, with as many copies as the layout has', async () => {
    expect(() => network.layout('[all]', {}).build({})).toThrow('before its models were loaded');
    await paper.loadModels();
    const { devices, parts } = network.layout('3 x [all]', {}).build({});
    expect([devices, parts]).toEqual([3, 3]);
  });
});

describe('a paper that says no more than it must', () => {
  it('has its folder, axes and identity from the rest', () => {
    expect(paper).toMatchObject({ folder: 'experiments/example', identity: { paper: 'example' }, options: {} });
    expect(Object.keys(paper.axes)).toEqual(['depth', 'shape']);
  });

  it('is found by its name among others, and what is not is refused with what there is', () => {
    const papers = new Papers([paper, toy]);
    expect(papers.named('toy')).toBe(toy);
    expect(papers.first).toBe(paper);
    expect(() => papers.named('toi')).toThrow('There is no paper "toi"');
  });

  it('has a name of its own, that is no path', () => {
    expect(() => new Papers([paper, toy, paper])).toThrow('example, toy, example');
    expect(() => new Papers([{ ...toy, id: '../toy' }])).toThrow('../toy');
  });

  it('has no axis with the name of another key of its files', () => {
    const reason = { ...paper, axes: { reason: z.int() } };
    expect(() => editorSchemas(reason)).toThrow('an axis called reason');
  });
});
