import { describe, expect, it } from 'vitest';
import { warpnet as paper } from '../../../../experiments/warpnet/index.js';
import { defaultLayout, formatLayout, parseLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import type { StepGraph } from '../../../../harness/engine/step-graph.js';
import { Problem } from '../../../../harness/core/problem.js';
import { dryTrainingStep } from '../../../../harness/project/step-graph.js';
import { warpnetFolder } from '../../../support/papers.js';
import { build, warpnet } from '../model/fixtures.js';

const folder = warpnetFolder();
const system = (name: string) => {
  const found = paper.systems.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`No ${name}`);
  return found;
};
const convolutions = ({ operations }: StepGraph): number =>
  operations.filter(({ type, pass }) => type === 'Conv2D' && pass === 'forward').length;
const forward = (K: number, layout: string): number =>
  convolutions(
    dryTrainingStep(build(warpnet(2, K), layout), { batch: 2, weightDecay: 0, momentum: 0.9, nesterov: false }),
  );

describe('products of many units', () => {
  it("have a short notation: F4'(F1..F3)", () => {
    const text = formatLayout(defaultLayout(warpnet(2, 4), 1));
    expect(text).toBe("[F1, F2, F3, F4, F2'F1, F3'F1, F3'F2, F4'(F1..F3)]");
    expect(parseLayout(text)).toEqual(defaultLayout(warpnet(2, 4), 1));
    expect(parseLayout("[F4'(F1..F3)]")).toEqual(parseLayout("[F4'F1, F4'F2, F4'F3]"));
  });

  it('of the paper’s K stand as it prints them', () =>
    expect(formatLayout(defaultLayout(warpnet(2, 3), 4))).toBe("[F1] [F2] [F3] [F2'F1, F3'F1, F3'F2]"));

  it.each(["[F4'(F3..F1)]", "[F4'(F1..]", "[F4'(F1.F2)]"])('%s is no layout', (text) =>
    expect(() => parseLayout(text)).toThrow(Problem),
  );
});

describe('K = 12', () => {
  it('has 11 derivatives a layer on one device, in place of 66', () => {
    const text = formatLayout(defaultLayout(warpnet(2, 12), 1));
    // The stem; three layers of 12 branches with two convolutions and 11 derivatives with those and one for the mask.
    expect(forward(12, text)).toBe(1 + 3 * (12 * 2 + 11 * 3));
  });

  it('fits 2, 12 and 13 devices, and every product of a unit is on one of them', () => {
    for (const devices of [2, 12, 13]) {
      const layout = defaultLayout(warpnet(2, 12), devices);
      if (layout.kind !== 'operator') throw new Error('not an operator');
      expect(layout.brackets).toHaveLength(devices);
      for (let unit = 2; unit <= 12; unit += 1) {
        const holders = layout.brackets.filter((terms) =>
          terms.some((term) => term.kind === 'derivative' && term.unit === unit),
        );
        expect(holders).toHaveLength(1);
      }
    }
  });
});

it('apart on two devices, products are computed apart', () => {
  const together = forward(4, formatLayout(defaultLayout(warpnet(2, 4), 1)));
  const apart = forward(4, "[F1, F2, F3, F4, F2'F1, F3'F1, F3'F2, F4'F1] [F4'F2, F4'F3]");
  expect(apart).toBe(together + 3 * 3);
});

it('under a reading that is not linear they must stay together, since apart would be another network', () => {
  const network = system('WarpNet2').network({ K: 4, Nwarp: 1, kw: 1 }, 10);
  const apart = "[F1, F2, F3, F4, F2'F1, F3'F1, F3'F2, F4'F1] [F4'F2, F4'F3]";
  expect(() => network.layout(apart, folder.protocol('released-code'))).toThrow(/are one: of the sum/);
  expect(network.layout(apart, folder.protocol('paper')).devices).toBe(2);
});

it('K = 1 is the WRN, and no WarpNet', () => {
  expect(system('WRN').network({ K: 1, Nwarp: 12, kw: 4 }, 10).key).toBe(
    system('WRN').network({ K: 12, Nwarp: 1, kw: 4 }, 10).key,
  );
  expect(system('WRN').printedLayout({ K: 1, Nwarp: 12, kw: 4 })).toBe('[F1]');
  expect(() => system('WarpNet1').network({ K: 1, Nwarp: 12, kw: 4 }, 10)).toThrow(Problem);
});
