import { describe, expect, it } from 'vitest';
import type { DatasetName } from '../../../../harness/plan/dataset-facts.js';
import { missing, quantity, type Hardware, type Quantity } from '../../../../harness/report/evaluate/quantity.js';
import { error as errorMetric, loss } from '../../../../harness/report/metrics/errors.js';
import { parameters } from '../../../../harness/report/metrics/parameters.js';
import { relativeSpeed } from '../../../../harness/report/metrics/speed.js';
import { judge } from '../../../../harness/report/verdict/judge.js';
import { verdictRules } from '../../../../harness/report/verdict/rules.js';
import { parseRules, readRules } from '../../../../harness/report/verdict/thresholds.js';
import { outcomeSentences, outcomes, reasonSentences } from '../../../../harness/report/verdict/vocabulary.js';

const rules = readRules(null);
const onCards: Hardware = { kind: 'gpu', model: 'Some GPU' };
const onCores: Hardware = { kind: 'cpu', model: 'Some CPU' };
const verdict = (ours: Quantity, dataset: DatasetName = 'cifar10') => judge(ours, { dataset, printedOn: 'gpu' }, rules);

const printed = (value: number, lowConfidence = false) => ({ value, text: String(value), lowConfidence });
const error = (value: number, arm = 0.2, extra: Partial<Quantity> = {}): Quantity =>
  quantity({
    metric: errorMetric,
    provenance: 'measured',
    value,
    interval: { low: value - arm, high: value + arm },
    printed: printed(5),
    ...extra,
  });
const rs = (value: number, arm: number, extra: Partial<Quantity> = {}): Quantity =>
  error(value, arm, { metric: relativeSpeed, printed: printed(23), hardware: onCards, ...extra });

describe('verdicts', () => {
  it.each<[string, Quantity, string, string]>([
    ['printed inside the interval', error(5.1), 'reproduced', 'agrees'],
    ['printed within tolerance of the interval', error(5.45), 'reproduced', 'agrees'],
    ['printed outside', error(5.6), 'not reproduced', 'differs'],
    ['far better than printed', error(4), 'not reproduced', 'differs'],
    ['another data set', error(5, 0.2, { standIn: 'fashion-mnist' }), 'reduced scale', 'reduced-scale'],
    [
      'a shorter training',
      error(5, 0.2, { reductions: [{ what: 'steps', printed: 80_000, ours: 450 }] }),
      'reduced scale',
      'reduced-scale',
    ],
    ['an RS of cards', rs(24.5, 1), 'reproduced', 'agrees'],
    ['an RS of cards that differs', rs(31, 4), 'not reproduced', 'differs'],
    ['a projected RS of cards', rs(31, 4, { provenance: 'projected' }), 'not reproduced', 'differs'],
  ])('%s', (_, ours, outcome, rule) => {
    expect(verdict(ours)).toMatchObject({ outcome, rule, code: null });
  });

  it.each<[string, Quantity, string]>([
    ['data that is not here', missing(errorMetric, 'data-not-here', { printed: printed(5) }), 'data-not-here'],
    ['a job that has not run', missing(errorMetric, 'not-run-yet', { printed: printed(5) }), 'not-run-yet'],
    ['nothing printed', error(5, 0.2, { printed: null }), 'not-printed'],
    ['a baseline', rs(0, 0, { byDefinition: true }), 'by-definition'],
    ['damaged digits', error(5, 0.2, { printed: printed(5, true) }), 'printed-digits-doubtful'],
    ['an RS of CPU cores that agrees', rs(24, 1, { hardware: onCores }), 'other-hardware'],
    ['an RS of CPU cores that differs', rs(2, 1, { hardware: onCores }), 'other-hardware'],
    ['an RS projected for CPU cores', rs(31, 4, { hardware: onCores, provenance: 'projected' }), 'other-hardware'],
    [
      'an RS projected where nobody checked projections',
      rs(24, 0, { provenance: 'projected', interval: null }),
      'projections-unchecked',
    ],
    ['an interval that agrees with anything', error(5, 1.5), 'interval-too-wide'],
  ])('%s is not judged, for a reason of the list', (_, ours, code) => {
    expect(verdict(ours)).toMatchObject({ outcome: 'not judged', code });
    expect(verdict(ours)?.reason).toBe(reasonSentences[code as keyof typeof reasonSentences]);
  });

  it('do not ask for hardware where the number does not depend on it, or where the paper timed nothing', () => {
    expect(verdict(error(5.1))?.outcome).toBe('reproduced');
    const ours = rs(24, 1, { hardware: onCores });
    expect(judge(ours, { dataset: 'cifar10', printedOn: null }, rules)?.outcome).toBe('reproduced');
  });

  it('name the hardware of an RS, and whether it was measured', () => {
    expect(verdict(rs(24.5, 1))?.reason).toContain('measured on Some GPU');
    expect(verdict(rs(24.5, 1, { provenance: 'projected' }))?.reason).toContain('projected from');
  });

  it('say what was less than the paper’s', () => {
    const ours = error(14, 0.7, {
      standIn: 'fashion-mnist',
      reductions: [
        { what: 'steps', printed: 80_000, ours: 450 },
        { what: 'batch', printed: 128, ours: 64 },
      ],
    });
    expect(verdict(ours)?.reason).toBe('Fashion-MNIST in place of CIFAR-10; 80,000 → 450 steps; batch 128 → 64');
  });

  it('know which direction is better', () => {
    expect(verdict(error(7))?.reason).toContain('worse');
    expect(verdict(error(3))?.reason).toContain('better');
    expect(verdict(rs(10, 1))?.reason).toContain('worse');
  });

  it('judge each data set by its own tolerance, and nothing without one', () => {
    const ours = error(22.9, 0.2, { printed: printed(22) });
    expect(verdict(ours, 'cifar10')?.outcome).toBe('not reproduced');
    expect(verdict(ours, 'cifar100')?.outcome).toBe('reproduced');
    expect(verdict(error(0.2, 0.01, { metric: loss }))).toBeNull();
  });
});

describe('a count', () => {
  const count = (value: number, text: string, stands: number) =>
    verdict(
      quantity({
        metric: parameters,
        provenance: 'measured',
        value,
        printed: { value: stands, text, lowConfidence: false },
      }),
    )?.outcome;

  it.each([
    [464_999, '0.46M', 460_000, 'reproduced'],
    [465_001, '0.46M', 460_000, 'not reproduced'],
    [454_999, '0.46M', 460_000, 'not reproduced'],
    [44_540_000, '44.5M', 44_500_000, 'reproduced'],
    [44_560_000, '44.5M', 44_500_000, 'not reproduced'],
    [1_729_194, '1,729,194', 1_729_194, 'reproduced'],
    [1_729_195, '1,729,194', 1_729_194, 'not reproduced'],
  ])('of %i agrees with %s as far as that is printed', (value, text, stands, outcome) => {
    expect(count(value, text, stands)).toBe(outcome);
  });
});

describe('the rules file', () => {
  it('has the day and the reason of every threshold, and refuses one without', () => {
    for (const [metric, { fixed, why }] of Object.entries(rules.metrics)) {
      expect(fixed, metric).toMatch(/^20\d\d-\d\d-\d\d$/u);
      expect(why.length, metric).toBeGreaterThan(20);
    }
    const text = 'version: 1\nmetrics: { error: { tolerance: { any: 1 }, widest: { any: 1 }, why: none } }\n';
    expect(() => parseRules(text)).toThrow(/fixed/u);
  });

  it('joins a paper’s own thresholds to those of every paper', () => {
    const own =
      'version: 1\nmetrics: { success: { tolerance: { any: 2 }, widest: { any: 5 }, fixed: 2026-11-25, why: Made up. } }\n';
    const common =
      'version: 3\nmetrics: { error: { tolerance: { any: 1 }, widest: { any: 1 }, fixed: 2026-11-21, why: Made up. } }\n';
    const joined = readRules('own.yaml', (file) => (file === 'own.yaml' ? own : common));
    expect(Object.keys(joined.metrics)).toEqual(['error', 'success']);
    expect(joined.version).toBe(3);
  });
});

describe('the vocabulary', () => {
  it('explains every outcome, every reason and every rule in a sentence', () => {
    const sentences = [
      ...outcomes.map((outcome) => outcomeSentences[outcome]),
      ...Object.values(reasonSentences),
      ...verdictRules.map(({ applies }) => applies),
    ];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[.]$/u);
    expect(new Set(verdictRules.map(({ id }) => id)).size).toBe(verdictRules.length);
  });
});
