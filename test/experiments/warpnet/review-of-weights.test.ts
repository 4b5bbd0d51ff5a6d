/** What the questions about weights answer, and how the claims of Section 2 are decided: by the numbers, with their intervals. */
import { describe, expect, it } from 'vitest';
import type { AnalysisRow } from '../../../harness/kinds/analysis/result.js';
import type { Reduction } from '../../../harness/plan/matrix/shrink.js';
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../harness/report/evaluate/evidence.js';
import type { TableModel } from '../../../harness/report/model.js';
import { claims } from '../../../experiments/warpnet/claims/index.js';
import { angles, anglesTable } from '../../../experiments/warpnet/review/angles.js';
import { descent } from '../../../experiments/warpnet/review/descent.js';
import { estimate, trainingRemarks } from '../../../experiments/warpnet/review/measured.js';
import { decayOf, paths } from '../../../experiments/warpnet/review/paths.js';
import { remainder, remainderTable } from '../../../experiments/warpnet/review/remainder.js';

type Given = Pick<AnalysisRow, 'quantity' | 'place' | 'variant' | 'step'> & { readonly values: readonly number[] };

/** A number on each of a few batches. */
const rowsOf = (given: readonly Given[]): AnalysisRow[] =>
  given.flatMap(({ values, ...row }) => values.map((value, sample) => ({ ...row, unit: 'ratio', sample, value })));

function placeOf(given: readonly Given[], { shrunk = [] as readonly Reduction[], depth = 13 } = {}): EvaluatedEntry {
  const analysis = { id: `job${depth}`, trainImages: 1, validationImages: 1, errorPct: 12.34, rows: rowsOf(given) };
  const plan = { skipped: false, jobs: [analysis.id], dataset: 'cifar10', standIn: null, shrunk };
  const entry = {
    label: `WRN-${depth}-1`,
    protocol: 'p',
    dataset: 'cifar10',
    printed: { facts: { depth } },
    analysis: plan,
  };
  return { entry, analyses: given.length === 0 ? [] : [analysis] } as unknown as EvaluatedEntry;
}
const evidence = {} as Evidence;

const remaindersOf = (values: readonly number[]): Given[] =>
  [0, 100].flatMap((step) =>
    ['frozen', 'training'].flatMap((mode) =>
      ['zeroth order', 'exact', 'R1', 'released', 'R1 at x1', 'released at x1'].map((expansion): Given => ({
        quantity: 'remainder',
        place: 'stage1/units1-2',
        variant: `${mode}, ${expansion}`,
        step,
        values: mode === 'frozen' && expansion === 'exact' && step > 0 ? values : [0.5, 0.5],
      })),
    ),
  );

const findingOf = (id: string, places: readonly EvaluatedEntry[]) => {
  const claim = claims().find((one) => one.id === id);
  if (claim === undefined) throw new Error(`No claim ${id}`);
  return claim.decide(places, evidence);
};

const cases = [
  ['below the limit', [0.05, 0.06, 0.055], 'reproduced', 'first order is enough there'],
  ['above it', [0.3, 0.31, 0.305], 'not reproduced', 'first order is not enough there'],
  ['not told from it', [0.02, 0.2, 0.1], 'not judged', 'not told from the 10 % fixed beforehand'],
] as const;

describe('whether first order is enough', () => {
  it.each(cases)('%s', (_, values, outcome, words) => {
    const place = placeOf(remaindersOf(values));
    expect(findingOf('claim.first-order-enough', [place]).outcome).toBe(outcome);
    expect(remainder.answer([place], evidence)).toContain(words);
  });

  it('is not decided by shorter trainings, but said', () => {
    const place = placeOf(remaindersOf([0.3, 0.31, 0.305]), {
      shrunk: [{ what: 'steps', printed: 80_000, ours: 100 }],
    });
    const { outcome, evidence: why } = findingOf('claim.first-order-enough', [place]);
    expect(outcome).toBe('reduced scale');
    expect(why).toMatch(/^Against it/);
    expect(why).toContain('30.5');
    expect(trainingRemarks([place])[0]).toContain('80,000');
  });

  it('is not answered before anything has run', () => {
    const place = placeOf([]);
    expect(remainder.answer([place], evidence)).toBeNull();
    expect(findingOf('claim.first-order-enough', [place])).toMatchObject({
      outcome: 'not judged',
      code: 'not-run-yet',
    });
  });

  it('is answered for the deepest network that was measured', () => {
    const [shallow, deep] = [placeOf(remaindersOf([0.3, 0.3])), placeOf(remaindersOf([0.04, 0.041]), { depth: 37 })];
    expect(remainder.answer([shallow, deep], evidence)).toContain('WRN-37-1');
  });

  it('has every number with its interval and job in the CSV', () => {
    const place = placeOf(remaindersOf([0.05, 0.06, 0.055]));
    const { csv, blocks } = remainderTable({ places: [place] } as unknown as Parameters<typeof remainderTable>[0]);
    const line = csv?.split('\n').find((row) => row.includes('exact F′, all terms') && row.includes('frozen,100'));
    // Student's t with 2 degrees of freedom: 4.3027 * 0.5 / sqrt(3) around 5.5.
    expect(line?.split(',').slice(-8)).toEqual([
      'remainder',
      'percent',
      '5.5',
      '4.257917',
      '6.742083',
      'batches',
      '3',
      'job13',
    ]);
    expect(blocks[0]?.title).toBe('WRN-13-1, layers of K = 2 units (1 of them)');
    const svg = remainder.figure?.({ places: [place] } as unknown as TableModel)?.svg;
    expect(svg).toContain('polyline');
  });
});

describe('an estimate', () => {
  const given: Given = { quantity: 'q', place: 'a', variant: 'v', step: 0, values: [1, 3] };
  const wanted = { quantity: 'q', variant: 'v', step: 0 };

  it('is the mean over places and batches, its interval over batches', () => {
    const place = placeOf([given, { ...given, place: 'b', values: [3, 5] }]);
    expect(estimate(place, wanted)).toMatchObject({ value: 3, n: 2, over: 'batches' });
    expect(estimate(place, { ...wanted, at: (one) => one === 'a' })).toMatchObject({ value: 2 });
    expect(estimate(place, { ...wanted, step: 1 })).toBeNull();
  });

  it('is over seeds where there are several', () => {
    const [first, second] = [placeOf([given]), placeOf([{ ...given, values: [5, 7] }])];
    const both = { ...first, analyses: [...first.analyses, ...second.analyses] };
    expect(estimate(both, wanted)).toMatchObject({ value: 4, n: 2, over: 'seeds' });
  });
});

describe('gradients along paths', () => {
  const gradients = (norm: (length: number) => number): Given[] =>
    [0, 100].flatMap((step) =>
      ['frozen', 'training'].flatMap((variant) =>
        Array.from({ length: 7 }, (_, length): Given => {
          const value = norm(length);
          return {
            quantity: 'path gradient',
            place: `length ${length}, path 1`,
            variant,
            step,
            values: [value, value],
          };
        }),
      ),
    );
  const terms = (second: number): Given[] =>
    [2, second].flatMap((count, index) =>
      [0, 100].map((step): Given => ({
        ...{ quantity: 'terms', place: 'stage1/units1-2', variant: `power ${index + 1}`, step, values: [count, count] },
      })),
    );

  it('fall exponentially where they do, with the factor of a branch', () => {
    const place = placeOf([...remaindersOf([0.3, 0.3]), ...terms(1), ...gradients((length) => 0.8 ** length)]);
    const decay = decayOf(place, 'training', 100);
    expect(decay?.factor).toBeCloseTo(0.8, 6);
    expect(decay?.explained).toBeCloseTo(1, 6);
    expect(findingOf('claim.path-gradients-fall', [place]).outcome).toBe('reproduced');
    expect(paths.answer([place], evidence)).toContain('falls exponentially');
  });

  it('do not where they grow, or follow no straight line', () => {
    const grow = placeOf([...remaindersOf([0.3, 0.3]), ...terms(1), ...gradients((length) => 1.2 ** length)]);
    expect(findingOf('claim.path-gradients-fall', [grow]).outcome).toBe('not reproduced');
    const jump = placeOf([
      ...remaindersOf([0.3, 0.3]),
      ...terms(1),
      ...gradients((length) => (length % 2 === 0 ? 1 : 0.1)),
    ]);
    expect(findingOf('claim.path-gradients-fall', [jump]).outcome).toBe('not reproduced');
    expect(paths.answer([jump], evidence)).not.toContain('falls exponentially');
  });

  it.each([
    [1, 'reproduced'],
    [2, 'not reproduced'],
  ])('have terms as the binomial says, or not (%i of power 2 at K = 2)', (second, outcome) => {
    const place = placeOf([...remaindersOf([0.3, 0.3]), ...terms(second)]);
    expect(findingOf('claim.binomial-terms', [place]).outcome).toBe(outcome);
  });
});

describe('branches', () => {
  const units = (sizes: readonly number[], cosine: number): Given[] =>
    sizes.flatMap((size, index) =>
      [0, 100].flatMap((step): Given[] => [
        { quantity: 'branch size', place: `stage1/unit${index + 1}`, variant: 'F / h', step, values: [size, size] },
        ...['frozen', 'training'].map((variant): Given => {
          const values = [cosine - 0.001, cosine, cosine + 0.001];
          return { quantity: 'cosine', place: `stage1/unit${index + 1}`, variant, step, values };
        }),
      ]),
    );

  it('shrink and descend where the numbers say so', () => {
    const place = placeOf(units([3, 1, 1], -0.1));
    expect(findingOf('claim.branches-shrink', [place]).outcome).toBe('reproduced');
    expect(findingOf('claim.branches-descend', [place]).outcome).toBe('reproduced');
    expect(descent.answer([place], evidence)).toContain('in 3 of 3 units');
  });

  it('do not where they are alike, or climb', () => {
    const place = placeOf(units([1.1, 1, 1], 0.1));
    expect(findingOf('claim.branches-shrink', [place]).outcome).toBe('not reproduced');
    expect(findingOf('claim.branches-descend', [place]).outcome).toBe('not reproduced');
  });
});

describe('angles between gradients', () => {
  const anglesOf = (before: number, after: number): Given[] =>
    ['WarpNet2, K = 2, R1', 'WRN, another batch'].flatMap((variant) =>
      [
        [0, before],
        [100, after],
      ].map(([step = 0, angle = 0]): Given => ({
        ...{ quantity: 'angle', place: 'stage1/unit1', variant, step, values: [angle - 1, angle, angle + 1] },
      })),
    );

  it.each([
    [60, 40, 'reproduced', 'smaller in 1 of 1'],
    [40, 60, 'not reproduced', 'larger in 1'],
    [40, 41, 'not judged', 'smaller in 0 of 1'],
  ])('%i degrees before training and %i after it: %s', (before, after, outcome, words) => {
    const place = placeOf(anglesOf(before, after));
    expect(findingOf('claim.gradients-decouple', [place]).outcome).toBe(outcome);
    expect(angles.answer([place], evidence)).toContain(words);
  });

  it('are all in the CSV, unit by unit', () => {
    const { csv } = anglesTable({ places: [placeOf(anglesOf(60, 40))] } as unknown as Parameters<
      typeof anglesTable
    >[0]);
    expect(csv).toContain('WRN-13-1,stage1/unit1,"WarpNet2, K = 2, R1",training,100,angle,degrees,40,');
  });
});
