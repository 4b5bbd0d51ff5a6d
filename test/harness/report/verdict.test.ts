import { describe, expect, it } from 'vitest';
import { quantity, type Quantity } from '../../../harness/report/evaluate/quantity.js';
import { readRules } from '../../../harness/report/evaluate/rules.js';
import { judge, type Circumstances } from '../../../harness/report/evaluate/verdict.js';

const rules = readRules();
const asPublished: Circumstances = { dataset: 'cifar10', standIn: false, shrunk: false, hardware: 'Some CPU' };
const printed = (value: number, lowConfidence = false) => ({ value, text: String(value), lowConfidence });
const error = (value: number | null, arm = 0.2, extra: Partial<Quantity> = {}): Quantity =>
  quantity({
    metric: 'error',
    provenance: 'measured',
    value,
    interval: value === null ? null : { low: value - arm, high: value + arm },
    printed: printed(5),
    ...extra,
  });
const rs = (value: number, arm: number, extra: Partial<Quantity> = {}): Quantity =>
  error(value, arm, { metric: 'rs', printed: printed(23), ...extra });

describe('verdicts', () => {
  it.each<[string, Quantity, Partial<Circumstances>, string, string]>([
    ['nothing of ours', error(null), {}, 'not run', 'not-run'],
    ['nothing printed', error(5, 0.2, { printed: null }), {}, 'not comparable', 'not-printed'],
    ['a baseline', rs(0, 0, { byDefinition: true }), {}, 'not comparable', 'by-definition'],
    ['damaged digits', error(5, 0.2, { printed: printed(5, true) }), {}, 'not comparable', 'low-confidence'],
    ['another data set', error(5), { standIn: true }, 'not comparable', 'stand-in'],
    ['a shrunk training', error(5), { shrunk: true }, 'not comparable', 'shrunk'],
    ['an interval that agrees with anything', error(5, 1.5), {}, 'not comparable', 'too-uncertain'],
    ['printed inside the interval', error(5.1), {}, 'reproduced', 'agrees'],
    ['printed within tolerance of the interval', error(5.45), {}, 'reproduced', 'agrees'],
    ['printed outside', error(5.6), {}, 'not reproduced', 'differs'],
    ['far better than printed', error(4), {}, 'not reproduced', 'differs'],
    ['an RS of a shrunk run on a CPU', rs(24.5, 1), { shrunk: true, standIn: true }, 'reproduced', 'agrees'],
    ['a projected RS', rs(31, 4, { provenance: 'projected' }), {}, 'not reproduced', 'differs'],
    [
      'an RS projected where nobody checked projections',
      rs(24, 0, { provenance: 'projected', interval: null }),
      {},
      'not comparable',
      'unvalidated',
    ],
  ])('%s', (_, ours, where, outcome, rule) => {
    expect(judge(ours, { ...asPublished, ...where }, rules)).toMatchObject({ outcome, rule });
  });

  it('name the hardware of an RS, and whether it was measured', () => {
    expect(judge(rs(24.5, 1), asPublished, rules)?.reason).toContain('measured on Some CPU');
    expect(judge(rs(24.5, 1, { provenance: 'projected' }), asPublished, rules)?.reason).toContain('projected from');
  });

  it('know which direction is better', () => {
    expect(judge(error(7), asPublished, rules)?.reason).toContain('worse');
    expect(judge(error(3), asPublished, rules)?.reason).toContain('better');
    expect(judge(rs(10, 1), asPublished, rules)?.reason).toContain('worse');
  });

  it('judge each data set by its own tolerance', () => {
    const ours = error(22.9, 0.2, { printed: printed(22) });
    expect(judge(ours, { ...asPublished, dataset: 'cifar10' }, rules)?.outcome).toBe('not reproduced');
    expect(judge(ours, { ...asPublished, dataset: 'cifar100' }, rules)?.outcome).toBe('reproduced');
  });
});
