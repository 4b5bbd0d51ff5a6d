import { describe, expect, it } from 'vitest';
import { decimalsFor, fixed, signed, valueWithArm } from '../../../harness/report/evaluate/digits.js';
import { quantity } from '../../../harness/report/evaluate/quantity.js';
import { error as errorMetric } from '../../../harness/report/metrics/errors.js';
import { relativeSpeed } from '../../../harness/report/metrics/speed.js';

describe('significant digits', () => {
  it.each([
    [0.031, 2],
    [0.12, 2],
    [0.7, 1],
    [2.8, 1],
    [3.4, 0],
    [12, 0],
    [45, 0],
  ])('an uncertainty of %d leaves %i decimals', (arm, decimals) => {
    expect(decimalsFor(arm, 2)).toBe(decimals);
  });

  it('follow the interval: a wide one takes decimals away', () => {
    const error = { metric: errorMetric, provenance: 'measured', value: 25.617 } as const;
    expect(valueWithArm(quantity({ ...error, interval: { low: 25.5, high: 25.7 } }))).toBe('25.62 ± 0.12');
    expect(valueWithArm(quantity({ ...error, interval: { low: 20, high: 31 } }))).toBe('26 ± 6');
  });

  it('state the longer arm of a lopsided interval, so that no more is claimed than is known', () => {
    const rs = quantity({ metric: relativeSpeed, provenance: 'measured', value: 24, interval: { low: 23, high: 29 } });
    expect(valueWithArm(rs)).toBe('24 ± 5%');
  });

  it('keep printed digits as printed', () => {
    const printed = { value: 4.8, text: '4.80', lowConfidence: false };
    expect(valueWithArm(quantity({ metric: errorMetric, provenance: 'cited', value: 4.8, printed }))).toBe('4.80');
  });

  it('use a true minus sign and no negative zero', () => {
    expect([fixed(-3.14, 1), fixed(-0.01, 1), signed(2, 1), signed(-0.001, 2)]).toEqual([
      '−3.1',
      '0.0',
      '+2.0',
      '0.00',
    ]);
  });
});
