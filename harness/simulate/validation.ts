/** Measured against projected speed-ups: rows, their summary, and the CSV that shows them. */
import { stringify } from 'csv-stringify/sync';
import type { StepGraph } from '../engine/step-graph.js';
import type { OperationTimes } from '../result/operation-times.js';
import type { CostTable } from './costs.js';
import { allToAll } from './links.js';
import { unmeasuredEffects, type MachineEffects } from './machine-effects.js';
import { measuredCosts } from './measured-costs.js';
import { projectRs, type RsProjection } from './projection.js';

/** What a run measured of one layout. */
export interface MeasuredLayout {
  readonly layout: string;
  readonly network: string;
  readonly protocol: string;
  readonly batchNorm: 'fused' | 'moments';
  readonly kw: number;
  /** Percent, with its 95 % interval. */
  readonly measuredRs: number;
  readonly measuredInterval: readonly [number, number];
  readonly baselineGraph: StepGraph;
  readonly layoutGraph: StepGraph;
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

/** What was profiled in a run: single-device steps for the costs, steps on several devices for what those do not tell. */
export interface ProfiledMachine {
  readonly costs: CostTable;
  readonly effects: MachineEffects;
}

/** Several measurements of one machine together; what devices do to each other is that of the first that could tell. */
export function profiledMachine(measured: readonly OperationTimes[]): ProfiledMachine {
  const costs = measuredCosts(measured);
  const effects = measured.find((times) => times.effects !== null)?.effects;
  if (effects === undefined || effects === null) return { costs, effects: unmeasuredEffects(costs.hardware.kind) };
  return { costs, effects: { ...effects, bandwidth: effects.bandwidth ?? Infinity } };
}

/** RS on the profiled machine, or on more of the same devices than it has. */
export function projectOnMachine(
  { costs, effects }: ProfiledMachine,
  baseline: StepGraph,
  layout: StepGraph,
): RsProjection {
  const topology = allToAll(layout.devices, effects);
  return projectRs(baseline, layout, costs, topology, { stretch: effects.stretch });
}

/** The measured layouts with their projections. */
export const validate = (machine: ProfiledMachine, measured: readonly MeasuredLayout[]): ValidationResult[] =>
  measured.map((row) => ({
    ...row,
    projectedRs: projectOnMachine(machine, row.baselineGraph, row.layoutGraph).rsPct,
  }));

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
      row.batchNorm,
      String(row.kw),
      row.measuredRs.toFixed(2),
      row.projectedRs.toFixed(2),
      row.measuredInterval[0].toFixed(2),
      row.measuredInterval[1].toFixed(2),
      row.network,
    ]),
  ]);
}
