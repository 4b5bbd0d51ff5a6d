/** What of a fit the project keeps. */
import type { FitCell } from './cells.js';
import { fitAccount } from './fit-account.js';
import { combinationName, type FitReport, type ReadingPredictions } from './fit-report.js';
import { describeWiring } from './hypothesis.js';
import type { StoredFit, StoredReading } from './stored-fit.js';

/** As many digits as a simulation is worth, and no more to change from one processor's arithmetic to another's. */
const hundredths = (value: number): number => Math.round(100 * value) / 100;
const three = (value: number): number => Number(value.toPrecision(3));

/** @param fittedOn day, `2026-11-25` */
export function storedFit(report: FitReport, fittedOn: string): StoredFit {
  const { best, predictions, ranges, fittedCells } = report;
  return {
    schemaVersion: 1,
    fittedOn,
    command: 'npm run reproduce -- fit --store',
    card: best.hypothesis.card.name,
    links: describeWiring(best.hypothesis.wiring),
    fittedCells,
    scatterPct: hundredths(ranges.deviationPct),
    best: { name: combinationName(best), predictedRmsPct: hundredths(best.predictedRmsPct) },
    readings: predictions.map(readingOf),
    account: fitAccount(report) as StoredFit['account'],
  };
}

function readingOf({ result, ranges }: ReadingPredictions): StoredReading {
  const { hypothesis, fit, predictedRmsPct } = result;
  const { bandwidth, latency, fixed } = fit.parameters;
  const rangeOf = new Map(ranges.cells.map((range) => [range.id, range]));
  return {
    derivative: hypothesis.derivative,
    batchNorm: hypothesis.batchNorm,
    name: combinationName(result),
    parameters: {
      bandwidth: three(bandwidth),
      latency: three(latency),
      fixed: three(fixed),
      convolution: hypothesis.efficiency.convolution,
    },
    fitRmsPct: hundredths(fit.rmsPct),
    predictedRmsPct: hundredths(predictedRmsPct),
    predictions: Object.fromEntries(
      result.cells.flatMap(({ cell, projectedPct }) => {
        const range = rangeOf.get(cell.id) ?? { lowPct: projectedPct, highPct: projectedPct };
        const stored = {
          value: hundredths(projectedPct),
          low: hundredths(range.lowPct),
          high: hundredths(range.highPct),
          fitted: isFitted(cell),
        };
        return cell.printed.map(({ id }) => [id, stored]);
      }),
    ),
  };
}

const isFitted = ({ group }: FitCell): boolean => group === 'table2';
