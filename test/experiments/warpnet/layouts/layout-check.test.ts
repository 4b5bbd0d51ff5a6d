import { describe, expect, it } from 'vitest';
import {
  checkLayout,
  defaultLayout,
  devicesOf,
  formatLayout,
  formatTerm,
  parseLayout,
  readLayout,
  termsOf,
} from '../../../../experiments/warpnet/layouts/layout.js';
import { warpnet, wrn } from '../model/fixtures.js';
import { LayoutProblem } from '../../../../harness/plan/paper/layout.js';

function problemOf(check: () => unknown): LayoutProblem {
  try {
    check();
  } catch (error) {
    if (error instanceof LayoutProblem) return error;
    throw error;
  }
  throw new Error('The layout was accepted');
}

describe('the terms of an operator', () => {
  it.each([
    [1, 2, 'once', "F1 + F2 + F2'x1"],
    [2, 2, 'once', "F1 + F2 + F2'F1"],
    [1, 3, 'once', "F1 + F2 + F3 + F2'x1 + F3'x1"],
    [1, 3, 'per-pair', "F1 + F2 + F3 + F2'x1 + 2 F3'x1"],
    [2, 3, 'per-pair', "F1 + F2 + F3 + F2'F1 + F3'F1 + F3'F2"],
    [1, 4, 'once', "F1 + F2 + F3 + F4 + F2'x1 + F3'x1 + F4'x1"],
    [2, 4, 'once', "F1 + F2 + F3 + F4 + F2'F1 + F3'F1 + F4'F1 + F3'F2 + F4'F2 + F4'F3"],
  ] as const)('of WarpNet%i with K = %i, derivatives %s', (version, K, derivativeTerms, terms) => {
    const found = termsOf(warpnet(version, K), derivativeTerms);
    expect(found.map(formatTerm).sort()).toEqual(terms.split(' + ').sort());
  });
});

describe('a layout is checked against its network', () => {
  it.each([
    // network, layout, what is underlined, message
    [warpnet(1, 2), "[F1] [F2, F2'x1, F3]", 'F3', 'F3 is not a term'],
    [warpnet(1, 2), "[F1] [F2, F2'F1]", "F2'F1", "F2'F1 is not a term"],
    [warpnet(2, 2), "[F1] [F2, F2'x1]", "F2'x1", "F2'x1 is not a term"],
    [warpnet(1, 2), "[F1] [F2] [F2'x1, F2]", 'F2', 'F2 is computed twice'],
    [warpnet(1, 3), "[F1] [F2] [F3, F2'x1]", "[F1] [F2] [F3, F2'x1]", "No device computes F3'x1"],
    [warpnet(1, 3), "[F1, F2, F3, F2'x1, 2 F3'x1]", "2 F3'x1", "The coefficient of F3'x1 is 1, not 2"],
    [warpnet(1, 2), "[F1] [F2, F2'x1] recompute", "[F1] [F2, F2'x1] recompute", 'nothing to recompute'],
    [wrn(2), '[F1] [F2]', 'F2', 'The units of a WRN need one device'],
    [wrn(2), "[F1, F2, F2'x1]", "F2'x1", "A WRN has no F2'x1"],
    [wrn(2), '[F2, F1]', 'F2', 'Expected F1, found F2'],
    [wrn(4), '[F1, F2, F3]', '[F1, F2, F3]', '4 units a stage'],
    [wrn(2), '3 x [F1, F3]', 'F3', 'Expected F2, found F3'],
  ])('%o: %s is underlined at %s: %s', (network, text, underlined, message) => {
    const problem = problemOf(() => readLayout(text, network, 'once'));
    expect(problem.message).toContain(message);
    const start = text.lastIndexOf(underlined);
    expect([problem.offset, problem.length]).toEqual([start, underlined.length]);
    // Without the text there is no place, but the same message.
    expect(problemOf(() => checkLayout(parseLayout(text), network, 'once')).message).toBe(problem.message);
  });

  it('says what the operator is', () =>
    expect(problemOf(() => readLayout('[F1]', warpnet(1, 2), 'once')).hint).toContain("x1 + F1 + F2 + F2'x1"));

  it('takes a coefficient that is left out from the option', () => {
    const layout = readLayout("[F1] [F2] [F3] [F2'x1, F3'x1]", warpnet(1, 3), 'per-pair');
    expect(formatLayout(layout)).toBe("[F1] [F2] [F3] [F2'x1, 2 F3'x1]");
  });
});

describe('the default layout', () => {
  it.each([
    // The paper's (Tables 2, 3, 5 and §4.3).
    [warpnet(1, 2), 3, "[F1] [F2] [F2'x1]"],
    [warpnet(2, 2), 3, "[F1] [F2] [F2'F1]"],
    [warpnet(1, 2), 2, "[F1] [F2, F2'x1]"],
    [warpnet(1, 3), 4, "[F1] [F2] [F3] [F2'x1, F3'x1]"],
    [warpnet(2, 3), 4, "[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]"],
    [warpnet(1, 3), 3, "[F1] [F2, F2'x1] [F3, F3'x1]"],
    [wrn(12), 1, '[F1, F2]'],
    [wrn(12), 4, '4 x [F1, F2]'],
    [wrn(3), 1, '[F1, F2, F3]'],
    // Folded.
    [warpnet(1, 2), 1, "[F1, F2, F2'x1]"],
    [warpnet(1, 3), 2, "[F1, F2, F2'x1] [F3, F3'x1]"],
    [warpnet(2, 3), 2, "[F1, F2, F2'F1] [F3, F3'F1, F3'F2]"],
    // More devices than terms to give them.
    [warpnet(1, 2), 8, "[F1] [F2] [F2'x1]"],
  ])('%o on %i: %s', (network, devices, layout) => expect(formatLayout(defaultLayout(network, devices))).toBe(layout));

  it('fits its network and the devices for every K', () => {
    for (const version of [1, 2] as const)
      for (const K of [2, 3, 4, 5, 6])
        for (let devices = 1; devices <= 2 * K; devices += 1) {
          const layout = defaultLayout(warpnet(version, K), devices, 'per-pair');
          expect(() => checkLayout(layout, warpnet(version, K), 'per-pair')).not.toThrow();
          expect(devicesOf(layout)).toBe(Math.min(devices, 2 * K - 1));
        }
  });
});
