/** RevNet's claims and its tables of memory and of gradients, on made-up measurements. */
import { describe, expect, it } from 'vitest';
import { techniques } from '../../../experiments/revnet/arrange/passes.js';
import { claims } from '../../../experiments/revnet/claims.js';
import { revnet } from '../../../experiments/revnet/index.js';
import { timing, training, type TimingJob, type TrainingJob } from '../../../harness/kinds/index.js';
import type { StepMemory } from '../../../harness/kinds/timing/result.js';
import type { Diagnosis } from '../../../harness/kinds/training/result.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { judgeClaims } from '../../../harness/report/claims/claims.js';
import { measurementsOf, type Outcome } from '../../../harness/report/measured/measurements.js';
import type { TableModel } from '../../../harness/report/model.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { renderMarkdown } from '../../../harness/report/render/markdown.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { timingResult, trainingResult } from '../../support/results.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = new ExperimentFolder(revnet);
const planned = (tables: readonly string[], profile: string, machine = twoCores) =>
  expand({ matrices: tables.map((name) => folder.matrix(name)), profile, machine, sizeOf, folder });

interface MadeUp {
  /** Megabytes of activations. */
  readonly activations: (backward: string, units: number) => number;
  /** Times the time of the ResNet. */
  readonly times: (backward: string) => number;
  readonly errorPct: (network: string) => number;
  readonly degrees: (step: number) => number;
}

const asClaimed: MadeUp = {
  activations: (backward, units) =>
    backward === 'plain'
      ? 10 + 5 * units
      : backward === 'checkpoint-sqrt'
        ? 10 + 8 * Math.sqrt(units)
        : backward === 'checkpoint-recursive'
          ? 10 + 4 * Math.log2(units)
          : 20,
  times: (backward) => ({ plain: 1.1, 'reversible-4N': 1.5, 'reversible-5N': 1.8 })[backward] ?? 1.4,
  errorPct: (network) => (network === 'ResNet' ? 7 : 7.3),
  degrees: (step) => 0.5 + step / 10_000,
};

function timed(job: TimingJob, { activations, times }: MadeUp): Outcome {
  const backward = String(job.protocol['backward']);
  const rows = job.rows.map(({ row, network, layout }) => {
    const reversible = network.system === 'RevNet';
    const units = Number(network.facts['unitsPerStage']);
    const milliseconds = [0, 1, 2, 3].map((round) => (100 + round) * (reversible ? times(backward) : 1));
    const bytes = Math.round(1e6 * activations(backward, units));
    const held = { weights: 1e6 * units, momentum: 1e6 * units, variables: 2e6 * units, weightGradients: 1e6 * units };
    const memory: StepMemory = { ...held, activations: bytes, tensors: bytes + 5, peak: bytes + 5 + held.variables };
    const steps = { milliseconds, rounds: [0, 1, 2, 3], compileSeconds: 1, busySeconds: null };
    return { row, layout: layout.text, parameters: 1, ...steps, memory: [memory] };
  });
  return { result: timingResult({ id: job.id, hardware: job.hardware, rows }) };
}

function trained(job: TrainingJob, { errorPct, degrees }: MadeUp): Outcome {
  const { steps, diagnoseEvery } = job.training;
  const last = { ...trainingResult().last, step: steps, errorPct: errorPct(job.network.system) };
  const looks = diagnoseEvery === undefined ? 0 : Math.ceil(steps / diagnoseEvery);
  const diagnoses = Array.from({ length: looks }, (_, index): Diagnosis => {
    const step = index * (diagnoseEvery ?? 0);
    return {
      step,
      values: { angle: degrees(step), 'rebuilt stage1/unit3': 1e-7, 'rebuilt stage1/unit2': 2e-7 },
    };
  });
  const changes = { id: job.id, validationImages: 10_000, last, best: last, evaluations: [last] };
  return { result: trainingResult({ ...changes, ...(looks > 0 && { diagnoses }) }) };
}

function reported(plan: ReturnType<typeof planned>, changes: Partial<MadeUp> = {}) {
  const madeUp = { ...asClaimed, ...changes };
  const outcomes = new Map<string, Outcome>();
  for (const job of plan.jobs) {
    if (timing.is(job)) outcomes.set(job.id, timed(job, madeUp));
    if (training.is(job)) outcomes.set(job.id, trained(job, madeUp));
  }
  const measurements = measurementsOf(outcomes);
  const { models, evidence } = tablesFrom({ paper: revnet, plan, measurements, projections: new Map(), sizeOf });
  const places = models.flatMap((model) => model.places);
  const verdicts = judgeClaims(claims(), places, evidence).map(({ id, verdict }) => [id, verdict] as const);
  return { models, verdicts: new Map(verdicts) };
}

const memory = planned(['memory'], 'quick');
const quick = planned(['table3', 'figure4'], 'quick');
const paper = planned(['table3', 'figure4'], 'paper', fourCards);

const rowOf = ({ blocks }: TableModel, block: RegExp, pass: string): string[] => {
  const rows = blocks.find(({ title }) => block.test(title ?? ''))?.rows ?? [];
  const cells = rows.find(({ heads }) => heads[0]?.text === pass)?.cells ?? [];
  return cells.map(({ text, quantities }) => text ?? String(quantities[0]?.value));
};

describe('the table of memory', () => {
  const [table] = reported(memory).models;
  if (table === undefined) throw new Error('no table');

  it('knows every backward pass of its matrix', () => {
    expect(new Set(table.places.map(({ entry }) => entry.protocol))).toEqual(new Set(Object.keys(techniques)));
  });

  it('has the printed order of growth beside what was measured, and the growth that it shows', () => {
    const of = (pass: string) => rowOf(table, /^Activations/u, pass);
    expect(of('plain')).toEqual([
      'O(L)',
      '25000000',
      '40000000',
      '55000000',
      '100000000',
      '145000000',
      'L^1.00 (1.00 to 1.00)',
    ]);
    expect(of('checkpoints every sqrt(n) units')).toEqual([
      'O(√L)',
      ...[3, 6, 9, 18, 27].map((units) => String(Math.round(1e6 * (10 + 8 * Math.sqrt(units))))),
      'L^0.50 (0.50 to 0.50)',
    ]);
    expect(of('recursive checkpoints').at(-1)).toBe('log L (misfit 0 %)');
    expect(of('reversible, 4N').slice(0, 1)).toEqual(['O(1)']);
    expect(of('reversible, 4N').at(-1)).toBe('by 0.0 %');
  });

  it('has the time of a step as a multiple of the plain pass’s on the same RevNet, and of the ResNet’s', () => {
    // Rounds have one ratio, so that medians are exact.
    const first = (title: RegExp, pass: string) => Number(rowOf(table, title, pass)[1]);
    expect(first(/plain pass/u, 'reversible, 5N')).toBeCloseTo(1.8 / 1.1, 9);
    expect(first(/plain pass/u, 'plain')).toBe(1);
    expect(first(/ResNet/u, 'reversible, 4N')).toBeCloseTo(1.5, 9);
  });

  it('is written with megabytes', () => {
    expect(renderMarkdown(table)).toContain('| 25.0 |');
  });
});

describe('flat memory', () => {
  const verdictOf = (changes: Partial<MadeUp> = {}) => reported(memory, changes).verdicts.get('claim.flat-memory');

  it('is reproduced where nothing grows', () => {
    expect(verdictOf()).toMatchObject({ outcome: 'reproduced' });
    expect(verdictOf()?.reason).toContain('5.8 times as much at the deepest network');
  });

  it('is judged from 3 to 18 units a stage, where less than 2 % is flat', () => {
    const grown = (percent: number) => (backward: string, units: number) =>
      backward === 'reversible-4N'
        ? 20 * (1 + (percent / 100) * ((units - 3) / 15))
        : asClaimed.activations(backward, units);
    expect(verdictOf({ activations: grown(1.9) })?.outcome).toBe('reproduced');
    expect(verdictOf({ activations: grown(2.1) })?.outcome).toBe('not reproduced');
  });

  it('is not where the 5N pass grows by 8 %', () => {
    const activations = (backward: string, units: number): number =>
      backward === 'reversible-5N' ? 20 + units / 15 : asClaimed.activations(backward, units);
    expect(verdictOf({ activations })?.outcome).toBe('not reproduced');
  });
});

describe('an update 1.5 to 2 times as long', () => {
  const verdictOf = (fivefold: number) =>
    reported(memory, {
      times: (backward) => (backward === 'reversible-5N' ? fivefold : asClaimed.times(backward)),
    }).verdicts.get('claim.twice-the-time');

  it.each([
    [1.8, 'reproduced'],
    [1.2, 'not reproduced'],
    [2.6, 'not reproduced'],
  ])('5N at %f times the ResNet, plain at 1.1: %s', (times, outcome) => {
    expect(verdictOf(times)?.outcome).toBe(outcome);
    expect(verdictOf(times)?.reason).toContain('4N: 1.36');
  });
});

describe('as accurate as the ResNet', () => {
  const verdictOf = (revnetError: number, plan = paper) =>
    reported(plan, { errorPct: (system) => (system === 'RevNet' ? revnetError : 7) }).verdicts.get('claim.as-accurate');

  it.each([
    [7.4, 'reproduced'],
    [6, 'reproduced'],
    [9, 'not reproduced'],
  ])('%f against 7: %s', (error, outcome) => {
    expect(verdictOf(error)).toMatchObject({ outcome });
  });

  it('is of reduced scale in the quick profile', () => {
    expect(verdictOf(7.2, quick)?.outcome).toBe('reduced scale');
  });
});

describe('an angle below 10 degrees', () => {
  const verdictOf = (degrees: MadeUp['degrees'], plan = paper) =>
    reported(plan, { degrees }).verdicts.get('claim.small-angle');

  it('is judged on RevNet-164 in full', () => {
    expect(verdictOf(asClaimed.degrees)).toMatchObject({ outcome: 'reproduced' });
    expect(verdictOf((step) => (step === 79_600 ? 10 : 1))).toMatchObject({ outcome: 'not reproduced' });
  });

  it('is shown and not judged on a smaller one', () => {
    const verdict = verdictOf(asClaimed.degrees, quick);
    expect(verdict?.outcome).toBe('reduced scale');
    expect(verdict?.reason).toContain('RevNet-38 on Fashion-MNIST: 0.51 degrees at most, at 15 looks over 150 steps');
  });
});

describe('the table of Figure 4', () => {
  it('has fifths of our trainings beside the printed ones', () => {
    const table = reported(paper).models.find(({ id }) => id === 'figure4');
    const [first, , , , last] = table?.blocks[0]?.rows ?? [];
    expect(first?.cells[0]?.text).toBe('0.90 (0.73 to 1.40)');
    // 200 looks, 40 a fifth: from step 0 to 15,600, and from 64,000 to 79,600.
    expect(first?.cells[1]?.text).toBe('1.28 (0.50 to 2.06)');
    expect(last?.cells[1]?.text).toBe('7.68 (6.90 to 8.46)');
  });

  it('says what is smaller', () => {
    const table = reported(quick).models.find(({ id }) => id === 'figure4');
    expect(table?.remarks.join(' ')).toContain(
      'RevNet-38 on Fashion-MNIST is of reduced scale: 80,000 → 150 steps; batch 100 → 50',
    );
  });
});

describe('what is printed only', () => {
  it('stands in its table with the reason', () => {
    const [two, four] = reported(planned(['table2', 'table4'], 'quick')).models.map(renderMarkdown);
    expect(two).toContain('44.5M');
    expect(four).toContain('23.01%');
    expect(four).toMatch(/ImageNet at 224 pixels is not among the data sets/u);
  });

  it('does not keep Table 2 alone from its counts, each agreeing to the printed digits', () => {
    const [two] = reported(planned(['table2'], 'quick')).models;
    const counted = two?.places.map((place) => place.quantity('parameters')) ?? [];
    expect(counted.filter(({ value }) => value !== null)).toHaveLength(12);
  });
});
