/** The fit as CSV: a row a cell of each combination, and a row a hypothesis. */
import { stringify } from 'csv-stringify/sync';
import { printedMean } from './cells.js';
import { combinationName, type FitReport, type HypothesisResult } from './fit-report.js';
import { describeWiring, protocolOf } from './hypothesis.js';

const digits = (value: number, count = 2): string => value.toFixed(count);

/** Percent and points of percent. */
export function cellsCsv({ combinations }: FitReport): string {
  const columns = [
    'protocol',
    'derivative',
    'batchNorm',
    'recompute',
    'group',
    'cell',
    'label',
    'fitted',
    'printedRs',
    'projectedRs',
    'residual',
  ];
  const rows = combinations.flatMap((result) =>
    result.cells.map(({ cell, projectedPct, residualPct }) => [
      protocolOf(result.hypothesis),
      result.hypothesis.derivative,
      result.hypothesis.batchNorm,
      String(result.hypothesis.recompute),
      cell.group,
      cell.id,
      cell.label,
      String(cell.group === 'table2'),
      digits(printedMean(cell)),
      digits(projectedPct),
      digits(residualPct),
    ]),
  );
  return stringify([columns, ...rows]);
}

/** GB/s, microseconds, milliseconds, points of percent. */
export function hypothesesCsv({ combinations, variations }: FitReport): string {
  const columns = [
    'changed',
    'combination',
    'card',
    'wiring',
    'convolutionShare',
    'bandwidthShare',
    'launchMicroseconds',
    'linkGBs',
    'latencyMicroseconds',
    'fixedMilliseconds',
    'fitRms',
    'predictedRms',
    'table3Rms',
    'table5Rms',
    'widthRms',
    'table4Rms',
    'dataParallelRms',
  ];
  const row = (changed: string, result: HypothesisResult): string[] => {
    const { hypothesis, fit, rmsPct } = result;
    const { bandwidth, latency, fixed } = fit.parameters;
    return [
      changed,
      combinationName(result),
      hypothesis.card.name,
      describeWiring(hypothesis.wiring),
      String(hypothesis.efficiency.convolution),
      String(hypothesis.efficiency.bandwidth.elementwise),
      String(hypothesis.efficiency.launch),
      digits(bandwidth, 1),
      digits(latency, 1),
      digits(fixed, 2),
      digits(fit.rmsPct),
      digits(result.predictedRmsPct),
      digits(rmsPct.table3),
      digits(rmsPct.table5),
      digits(rmsPct.width),
      digits(rmsPct.table4),
      digits(rmsPct['data-parallel']),
    ];
  };
  return stringify([
    columns,
    ...combinations.map((result) => row('', result)),
    ...variations.flatMap(({ changed, results }) => results.map((result) => row(changed, result))),
  ]);
}
