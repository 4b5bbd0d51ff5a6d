/** The checks of `gpu-check`, on cores in place of cards: what holds for a sound device has to hold for them. */
import { describe, expect, it } from 'vitest';
import { pair } from '../../../harness/gpu-check/pair.js';
import { judgeTwins, parts } from '../../../harness/gpu-check/parts.js';
import { relativeDifference } from '../../../harness/gpu-check/finding.js';
import { stepsToCheck, titleOf } from '../../../harness/gpu-check/steps.js';
import { Papers } from '../../../harness/plan/paper/papers.js';
import { papers } from '../../support/papers.js';
import { toy } from '../../toy-paper/index.js';

const context = { papers: new Papers([toy]), devices: 'cpu:1', hasTf32: false };

it('the networks checked are one of every family of every paper, each as small as a table has it', () => {
  const titles = stepsToCheck(papers).map(titleOf);
  for (const family of ['WRN-7', 'WarpNet1-13', 'WarpNet2-13', 'RevNet']) expect(titles.join('; ')).toContain(family);
  expect(new Set(titles).size).toBe(titles.length);
});

describe('on a sound device', { timeout: 240_000 }, () => {
  it.each(Object.entries(parts).filter(([name]) => name !== 'libraries'))(
    '%s passes, and says what it saw',
    async (_, part) => {
      const findings = await part(context);
      expect(findings.length).toBeGreaterThan(0);
      for (const { outcome, detail } of findings) {
        expect(detail).toMatch(/\d|no TF32/);
        expect(outcome).not.toBe('failed');
      }
    },
  );

  it('two of them are asked for copies', async () => {
    const findings = await pair({ ...context, devices: 'cpu:2' });
    expect(findings.map(({ name }) => name)).toEqual(['peer access', 'copies']);
  });
});

describe('an operation that is off', () => {
  it('is named, with how far', () => {
    const twins = [
      { type: 'Relu', difference: 0 },
      { type: 'Conv2D', difference: 3e-4 },
    ];
    expect(judgeTwins(twins)).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('Conv2D by 3.0e-4') as string,
    });
    expect(judgeTwins([{ type: 'Relu', difference: 9e-6 }]).outcome).toBe('passed');
  });

  it('is one that gives no number, and comparing nothing is no success', () => {
    expect(relativeDifference([1, NaN], [1, 2])).toBe(Infinity);
    expect(relativeDifference([0, 0], [0, 0])).toBe(0);
    expect(relativeDifference([1, 2.5], [1, 2])).toBe(0.25);
    expect(judgeTwins([{ type: 'Relu', difference: Infinity }]).outcome).toBe('failed');
    expect(judgeTwins([]).outcome).toBe('failed');
  });
});
