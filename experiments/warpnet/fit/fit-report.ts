/**
 * Explains the printed speed-ups: fits three numbers of the authors' machine to Table 2 under every reading of the
 * paper, predicts the other tables without refitting, and varies what had to be assumed.
 */
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { defaultEfficiency, evenBandwidth, type Efficiency } from '../../../harness/project/costs/roofline.js';
import type { ProtocolOptions } from '../../../harness/plan/paper/protocol-options.js';
import { fitCells, printedMean, type FitCell, type FitGroup } from './cells.js';
import { fitParameters, type Fitted } from './fit-hypothesis.js';
import { describeWiring, protocolOf, type Hypothesis } from './hypothesis.js';
import { FitModel } from './model.js';
import { StepCache } from './step-cache.js';
import { parameterRanges, scatterOf, type ParameterRanges } from './uncertainty.js';
import { dataParallelGap, type DataParallelGap } from './data-parallel-gap.js';

export interface CellProjection {
  readonly cell: FitCell;
  readonly projectedPct: number;
  /** Projected less printed, points of percent. */
  readonly residualPct: number;
}

export interface HypothesisResult {
  readonly hypothesis: Hypothesis;
  readonly fit: Fitted;
  readonly cells: readonly CellProjection[];
  /** Root mean square residual of each group of cells, points of percent. */
  readonly rmsPct: Readonly<Record<FitGroup, number>>;
  /** The same over Table 3, Table 5's operator layouts and the width series: predictions, none of them fitted. */
  readonly predictedRmsPct: number;
}

/** One reading and BN kind, `F1` received, under the main assumptions. */
export interface ReadingPredictions {
  readonly result: HypothesisResult;
  readonly ranges: ParameterRanges;
}

/** All readings under one changed assumption. */
export interface Variation {
  /** `Tesla V100 SXM2`, `40 % of the FLOP/s` … */
  readonly changed: string;
  /** Best first, by `predictedRmsPct`. */
  readonly results: readonly HypothesisResult[];
}

export interface FitReport {
  /** Readings and BN kinds under the main assumptions; best prediction first. */
  readonly combinations: readonly HypothesisResult[];
  readonly best: HypothesisResult;
  /** Ranges of the best's parameters and predictions that Table 2 allows, 95 %. */
  readonly ranges: ParameterRanges;
  readonly variations: readonly Variation[];
  /** What each reading gives for each cell, with what the same scatter of printed values leaves open for all of them. */
  readonly predictions: readonly ReadingPredictions[];
  readonly dataParallel: DataParallelGap;
  /** Different fitted values in Table 2: how much there is to fit three numbers to. */
  readonly fittedCells: number;
  /** Largest change of a projection when cards run what is ready first instead of program order, points. */
  readonly readyOrderShiftPct: number;
  readonly seconds: number;
}

const groups: readonly FitGroup[] = ['table2', 'table3', 'table5', 'data-parallel', 'width', 'table4'];
const predicted: ReadonlySet<FitGroup> = new Set(['table3', 'table5', 'width']);
const readings = ['released', 'R1', 'R2', 'R3', 'R4'] as const;

/**
 * What the authors' jobs suggest (protocols/released-code.yaml): P100 with NVLink. TensorFlow 1 copied from a card to other cards in
 * one stream; its later option `num_dev_to_dev_copy_streams` still counts from that default.
 */
export const mainAssumptions = {
  card: cardNamed('p100'),
  wiring: { kind: 'one-stream' },
} as const satisfies Partial<Hypothesis>;

/** Shares of the FLOP/s that are tried, and chosen by the fit to Table 2 alone; beyond one half, Winograd's savings count. */
export const convolutionShares = [0.5, 0.7, 0.9] as const;

const combinations: readonly Pick<Hypothesis, 'derivative' | 'batchNorm' | 'recompute'>[] = readings.flatMap(
  (derivative) =>
    (['moments', 'fused'] as const).flatMap((batchNorm) =>
      [false, true].map((recompute) => ({ derivative, batchNorm, recompute })),
    ),
);

interface Change extends Partial<Pick<Hypothesis, 'card' | 'wiring'>> {
  readonly efficiency?: Partial<Efficiency>;
}

/** One assumption changed at a time. */
const changes: readonly (readonly [string, Change])[] = [
  ['links used side by side', { wiring: { kind: 'all-to-all' } }],
  ...[0.5, 0.25].map((farShare): [string, Change] => {
    const wiring = { kind: 'two-pairs', farShare } as const;
    return [describeWiring(wiring), { wiring }];
  }),
  ...['p100-pcie', 'k80', 'gtx1080ti', 'v100'].map((id): [string, Change] => {
    const card = cardNamed(id);
    return [card.name, { card }];
  }),
  ...[0.4, 0.6].map((convolution): [string, Change] => [
    `${100 * convolution} % of the FLOP/s`,
    { efficiency: { convolution } },
  ]),
  ...[0.5, 0.9].map((share): [string, Change] => [
    `${100 * share} % of the memory bandwidth`,
    { efficiency: { bandwidth: evenBandwidth(share) } },
  ]),
  ['no cost of a launch', { efficiency: { launch: 0 } }],
  ['10 µs a launch', { efficiency: { launch: 10 } }],
];

/**
 * Runs every fit. Deterministic but for `seconds`. `say` is told what is being fitted.
 * @param protocolNamed the paper's protocols
 */
export function explainPrintedSpeedUps(
  protocolNamed: (name: string) => ProtocolOptions,
  say: (what: string) => void = () => undefined,
): FitReport {
  const begin = performance.now();
  const cache = new StepCache(protocolNamed);
  const cells = fitCells();
  const fitted = cells.filter((cell) => cell.group === 'table2');
  const resultOf = (hypothesis: Hypothesis): HypothesisResult => evaluate(hypothesis, cells, fitted, cache);
  const bestFirst = (results: HypothesisResult[]): HypothesisResult[] =>
    results.sort((a, b) => a.predictedRmsPct - b.predictedRmsPct);

  say('readings and batch norm kinds');
  const main = bestFirst(
    combinations.map((combination) => {
      const results = convolutionShares.map((convolution) =>
        resultOf({ ...mainAssumptions, ...combination, efficiency: { ...defaultEfficiency, convolution } }),
      );
      return results.reduce((better, other) => (other.fit.squares < better.fit.squares ? other : better));
    }),
  );
  const [best] = main;
  if (best === undefined) throw new Error('Internal error: nothing was fitted');
  const variations = changes.map(([changed, change]): Variation => {
    say(changed);
    // Where traffic of several cards meets, the fast schedule does not hold and the slow one is kept for the likeliest.
    const some =
      change.wiring?.kind === 'two-pairs' ? main.slice(0, 3) : main.filter(({ hypothesis }) => !hypothesis.recompute);
    return {
      changed,
      results: bestFirst(
        some.map(({ hypothesis }) =>
          resultOf({ ...hypothesis, ...change, efficiency: { ...hypothesis.efficiency, ...change.efficiency } }),
        ),
      ),
    };
  });
  say('uncertainty');
  const model = new FitModel(best.hypothesis, cache);
  const scatter = scatterOf(best.fit, fitted);
  const predictions = main
    .filter(({ hypothesis }) => !hypothesis.recompute)
    .map((result) => ({
      result,
      ranges: parameterRanges(new FitModel(result.hypothesis, cache), fitted, cells, result.fit, scatter),
    }));
  return {
    combinations: main,
    best,
    ranges: parameterRanges(model, fitted, cells, best.fit),
    variations,
    predictions,
    dataParallel: dataParallelGap(model, cells, best.fit.parameters),
    fittedCells: fitted.length,
    readyOrderShiftPct: Math.max(
      ...best.cells.map(({ cell, projectedPct }) =>
        Math.abs(model.rsPct(cell, best.fit.parameters, 'ready') - projectedPct),
      ),
    ),
    seconds: (performance.now() - begin) / 1e3,
  };
}

function evaluate(
  hypothesis: Hypothesis,
  cells: readonly FitCell[],
  fitted: readonly FitCell[],
  cache: StepCache,
): HypothesisResult {
  const model = new FitModel(hypothesis, cache);
  const fit = fitParameters(model, fitted);
  const projections = cells.map((cell): CellProjection => {
    const projectedPct = model.rsPct(cell, fit.parameters);
    return { cell, projectedPct, residualPct: projectedPct - printedMean(cell) };
  });
  const rms = (wanted: (group: FitGroup) => boolean): number => {
    const residuals = projections.filter(({ cell }) => wanted(cell.group)).map(({ residualPct }) => residualPct);
    return Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / residuals.length);
  };
  return {
    hypothesis,
    fit,
    cells: projections,
    rmsPct: Object.fromEntries(groups.map((group) => [group, rms((other) => other === group)])) as Record<
      FitGroup,
      number
    >,
    predictedRmsPct: rms((group) => predicted.has(group)),
  };
}

/** `released-code, moments`. */
export const combinationName = ({ hypothesis }: HypothesisResult): string =>
  [
    hypothesis.derivative === 'released' ? 'released-code' : `${protocolOf(hypothesis)} ${hypothesis.derivative}`,
    hypothesis.batchNorm,
    ...(hypothesis.recompute ? ['F1 recomputed'] : []),
  ].join(', ');
