/** Measured against projected speed-ups: rows, their summary, and the CSV that shows them. */
import { stringify } from 'csv-stringify/sync';
import { defaultLayout, formatLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { PlaceProjector } from '../planned-projection.js';
import type { ValidationGroup, ValidationRow } from './validation-plan.js';

/** What a run measured of one layout. */
export interface MeasuredLayout extends ValidationRow {
  /** Percent, with its 95 % interval. */
  readonly measuredRs: number;
  readonly measuredInterval: readonly [number, number];
}

export interface ValidationResult extends MeasuredLayout {
  readonly projectedRs: number;
}

export interface ValidationSummary {
  readonly layouts: number;
  /** Mean absolute difference, points. */
  readonly meanDifferencePct: number;
  /** Share of the layouts within 5 points, 0 … 1. */
  readonly withinFive: number;
  /** Widest measured interval, points. */
  readonly widestIntervalPct: number;
}

/** The measured layouts of a group, projected as the places of tables are, from `times` of the group's operations. */
export function validate(
  { baseline, batch }: Pick<ValidationGroup, 'baseline' | 'batch'>,
  measured: readonly MeasuredLayout[],
  times: OperationTimes,
): ValidationResult[] {
  const projector = new PlaceProjector();
  const alone = { network: baseline, layout: formatLayout(defaultLayout(baseline, 1)) };
  return measured.map((row) => {
    const { network, layout, options } = row;
    const { percent } = projector.project({ network, layout, baseline: alone, batch }, options, times);
    return { ...row, projectedRs: percent };
  });
}

export function summarise(
  rows: readonly Pick<ValidationResult, 'measuredRs' | 'projectedRs' | 'measuredInterval'>[],
): ValidationSummary {
  const differences = rows.map(({ measuredRs, projectedRs }) => Math.abs(projectedRs - measuredRs));
  const share = (wanted: number): number => (rows.length === 0 ? 0 : wanted / rows.length);
  return {
    layouts: rows.length,
    meanDifferencePct: share(differences.reduce((sum, difference) => sum + difference, 0)),
    withinFive: share(differences.filter((difference) => difference <= 5).length),
    widestIntervalPct: Math.max(0, ...rows.map(({ measuredInterval: [low, high] }) => high - low)),
  };
}

/** `projection-validation.csv`; RS in percent. */
export function validationCsv(rows: readonly ValidationResult[]): string {
  const columns = [
    'layout',
    'protocol',
    'batchNorm',
    'kw',
    'measuredRs',
    'projectedRs',
    'measuredLow',
    'measuredHigh',
    'network',
  ];
  return stringify([
    columns,
    ...rows.map((row) => [
      row.layout,
      row.protocol,
      row.options.batchNorm,
      String(row.network.kw),
      row.measuredRs.toFixed(2),
      row.projectedRs.toFixed(2),
      row.measuredInterval[0].toFixed(2),
      row.measuredInterval[1].toFixed(2),
      labelOf(row.network),
    ]),
  ]);
}
