import { describe, expect, it } from 'vitest';
import { defaultLayout, devicesOf, formatLayout } from '../../../../experiments/warpnet/layouts/layout.js';
import { fitCells, printedMean, type FitCell } from '../../../../experiments/warpnet/fit/cells.js';
import { fitParameters, squaresOf } from '../../../../experiments/warpnet/fit/fit-hypothesis.js';
import { mainAssumptions } from '../../../../experiments/warpnet/fit/fit-report.js';
import { topologyOf, type Hypothesis } from '../../../../experiments/warpnet/fit/hypothesis.js';
import { FitModel } from '../../../../experiments/warpnet/fit/model.js';
import { nelderMead } from '../../../../experiments/warpnet/fit/nelder-mead.js';
import { StepCache } from '../../../../experiments/warpnet/fit/step-cache.js';
import { parameterRanges } from '../../../../experiments/warpnet/fit/uncertainty.js';
import { buildModel } from '../../../../experiments/warpnet/model/network.js';
import { networkOptions } from '../../../../experiments/warpnet/options.js';
import { defaultEfficiency, rooflineTime } from '../../../../harness/project/costs/roofline.js';
import { prepareGraph } from '../../../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../../../harness/project/schedule/simulate.js';
import { dryTrainingStep } from '../../../../harness/project/step-graph.js';
import { printed } from '../../../../experiments/warpnet/printed.js';
import { warpnetFolder } from '../../../support/papers.js';

const hypothesis = (changes: Partial<Hypothesis> = {}): Hypothesis => ({
  ...mainAssumptions,
  efficiency: { ...defaultEfficiency, convolution: 0.9 },
  derivative: 'released',
  batchNorm: 'moments',
  recompute: false,
  ...changes,
});

const folder = warpnetFolder();
const stepCache = () => new StepCache((name) => folder.protocol(name));

describe('the printed cells', () => {
  const cells = fitCells();
  const rows = [...printed().rows.values()];

  it('are every RS that the paper prints but zeros, each in one place', () => {
    // What the text says of the deepest network repeats Table 4.
    const expected = rows.filter(({ table, values }) => table !== 'text' && (values['rs']?.value ?? 0) !== 0);
    expect(expected.length).toBeGreaterThan(30);
    expect(cells.flatMap((cell) => cell.printed.map(({ id }) => id)).sort()).toEqual(
      expected.map(({ id }) => id).sort(),
    );
  });

  it('use the assignment of the row, and the devices it names', () => {
    for (const { id, facts } of rows) {
      const cell = cells.find((candidate) => candidate.printed.some((value) => value.id === id));
      if (cell === undefined) continue;
      const { layout } = cell.step;
      if (facts['devices'] !== undefined) expect(devicesOf(layout)).toBe(facts['devices']);
      if (facts['layout'] !== undefined) expect(formatLayout(layout)).toBe(facts['layout']);
    }
  });
});

describe('Nelder-Mead', () => {
  it('finds the minimum of a curved valley', () => {
    const rosenbrock = ([x = 0, y = 0]: readonly number[]): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    const { at, value } = nelderMead(rosenbrock, [-1, 2], [0.5, 0.5], { tolerance: 1e-12, limit: 2000 });
    expect(value).toBeLessThan(1e-9);
    expect(at[0]).toBeCloseTo(1, 4);
    expect(at[1]).toBeCloseTo(1, 4);
  });

  it('stops at its limit and repeats itself', () => {
    const run = () => nelderMead(([x = 0]) => Math.abs(x - 3), [100], [1], { limit: 20 });
    expect(run().evaluations).toBeLessThanOrEqual(25);
    expect(run()).toEqual(run());
  });
});

describe('the time of a deep network', () => {
  it.each(['all-to-all', 'one-stream'] as const)('is that of its whole graph, with links %s', (kind) => {
    const own = hypothesis({ wiring: { kind } });
    const parameters = { bandwidth: 20, latency: 20, fixed: 0 };
    const network = { family: 'warpnet2', K: 2, Nwarp: 5, kw: 1, classes: 10 } as const;
    const step = { network, layout: defaultLayout(network, 3) };
    const model = buildModel(network, { ...networkOptions(folder.protocol('released-code')), ...own }, step.layout);
    const graph = prepareGraph(
      dryTrainingStep(model, { batch: 32, weightDecay: 5e-4, momentum: 0.9, nesterov: false }),
    );
    const durations = Float64Array.from(graph.graph.operations, (operation) =>
      rooflineTime(operation, own.card, own.efficiency),
    );
    const whole = simulate(graph, durations, { topology: topologyOf(3, own.wiring, parameters) }).stepTime;
    // The straight line through one and two layers is off by less than a tenth of the points that the fit is off by.
    expect(new FitModel(own, stepCache()).stepTime(step, 32, parameters) / whole).toBeCloseTo(1, 2);
  });
});

describe('a fit', () => {
  /** Small networks whose "printed" values come from known hardware. */
  const truth = { bandwidth: 30, latency: 20, fixed: 4 };
  const cache = stepCache();
  const model = new FitModel(hypothesis(), cache);
  const small = fitCells()
    .filter(({ group }) => group === 'table2')
    .map((cell): FitCell => {
      const { family, kw } = cell.step.network;
      if (family !== 'warpnet1' && family !== 'warpnet2') throw new Error('Table 2 has speed-ups of WarpNets only');
      const step = { ...cell.step, network: { family, K: 2, Nwarp: 1, kw, classes: 10 } };
      const baseline = { ...cell.baseline, network: { family: 'wrn', unitsPerStage: 2, kw, classes: 10 } as const };
      const made = { ...cell, step, baseline };
      return { ...made, printed: [{ id: cell.id, rsPct: model.rsPct(made, truth) }] };
    });

  it('recovers the hardware that made the numbers', () => {
    const { parameters, rmsPct } = fitParameters(model, small);
    // The search stops at a thousandth of a squared point, where latency and fixed cost still trade a few percent.
    expect(rmsPct).toBeLessThan(0.05);
    expect(Math.abs(Math.log(parameters.bandwidth / truth.bandwidth))).toBeLessThan(0.1);
    expect(Math.abs(Math.log(parameters.fixed / truth.fixed))).toBeLessThan(0.2);
    expect(squaresOf(model, small, truth)).toBeLessThan(1e-18);
  });

  it('gives ranges that hold the truth', () => {
    const fit = fitParameters(model, small);
    const { parameters, cells } = parameterRanges(model, small, small, fit);
    const [low, high] = parameters.bandwidth;
    expect(low ?? 0).toBeLessThan(truth.bandwidth);
    expect(high ?? Infinity).toBeGreaterThan(truth.bandwidth);
    for (const [index, range] of cells.entries()) {
      const cell = small[index];
      if (cell === undefined) throw new Error('no cell');
      expect(range.lowPct - 0.1).toBeLessThan(printedMean(cell));
      expect(range.highPct + 0.1).toBeGreaterThan(printedMean(cell));
    }
  });

  it('saves more with faster links, and less with a higher fixed cost', () => {
    for (const cell of small) {
      const rs = (changes: Partial<typeof truth>) => model.rsPct(cell, { ...truth, ...changes });
      expect(rs({ bandwidth: 60 })).toBeGreaterThan(rs({}));
      expect(rs({ latency: 0.1 })).toBeGreaterThan(rs({}));
      expect(Math.abs(rs({ fixed: 100 }))).toBeLessThan(Math.abs(rs({})));
    }
  });

  it('tells the released derivative from the paper’s text', () => {
    // R1's backward pass makes the derivative's device the slowest: no hardware gives Table 2's WarpNet2 rows.
    const text = fitParameters(new FitModel(hypothesis({ derivative: 'R1', batchNorm: 'fused' }), cache), small);
    expect(text.rmsPct).toBeGreaterThan(3);
  });
});
