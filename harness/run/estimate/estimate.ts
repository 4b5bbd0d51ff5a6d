/**
 * How long a cell takes and what it needs, before it has run. A step's time is modelled as floating-point work plus memory
 * traffic plus a fixed cost a layer, each over a rate of the device; the rates are from steps of WRN-13-2, WRN-37-1 and
 * WRN-13-4 measured on two cores (docs/reliability.md), a card's from its usual distance to those. The model is then
 * scaled by what cells of the same kind really took here (`calibrate`).
 */
import { batchOf, profiledSteps, type Cell } from '../../plan/cell.js';
import { datasetFacts } from '../../plan/dataset-facts.js';
import { parameterCount } from '../../plan/expand/memory-estimate.js';
import { unitsPerStage, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';

interface Rates {
  readonly flopsPerSecond: number;
  /** Feature-map values produced forward and backward. */
  readonly valuesPerSecond: number;
  /** Of one residual unit in each of the three stages, seconds. */
  readonly perUnit: number;
}

const core: Rates = { flopsPerSecond: 270e9, valuesPerSecond: 5.8e7, perUnit: 5e-4 };
const card: Rates = { flopsPerSecond: 10e12, valuesPerSecond: 2e9, perUnit: 1.2e-3 };

/** Multiply-adds counted twice, of one unit in each stage at kw = 1, for one image: channels double as the map shrinks to a quarter. */
const flopsPerUnit = 3 * 2 * (2 * 9 * 16 ** 2 * 32 ** 2);
const valuesPerUnit = 32 * 32 * 16 + 16 * 16 * 32 + 8 * 8 * 64;
/** `F'` adds convolutions to those of the chain (method.md 7.2). */
const warpFactor = 1.6;
const backwardFactor = 3;
const startSeconds = 4;

/** What computes: one core, some cores as one device, or a card. */
export type DeviceKind = { readonly kind: 'cpu'; readonly cores: number } | { readonly kind: 'gpu' };

/** Seconds of a training step on one device, by the model alone. */
export function modelledStep(network: NetworkSpecification, batch: number, device: DeviceKind): number {
  const rates = device.kind === 'gpu' ? card : core;
  const speed = device.kind === 'gpu' ? 1 : device.cores;
  const units = unitsPerStage(network);
  const factor = network.family === 'wrn' ? 1 : warpFactor;
  const flops = backwardFactor * batch * units * network.kw ** 2 * flopsPerUnit * factor;
  const values = batch * units * network.kw * valuesPerUnit * factor;
  return flops / rates.flopsPerSecond / speed + values / rates.valuesPerSecond / speed + units * rates.perUnit;
}

/** Seconds a cell takes, by the model alone. */
export function modelledSeconds(cell: Cell, device: DeviceKind): number {
  if (cell.kind === 'timing') {
    const steps = cell.warmup + cell.rounds * cell.stepsPerRound;
    const turn = cell.rows.reduce((sum, row) => sum + modelledStep(row.network, batchOf(cell, row), device), 0);
    const { fewest, most, seconds } = profiledSteps(cell);
    const profiled = Math.min(most, Math.max(fewest, Math.ceil(seconds / turn)));
    return startSeconds * cell.rows.length + (steps + profiled) * turn;
  }
  const { steps, batch, evaluateEvery } = cell.training;
  const step = modelledStep(cell.network, batch, device);
  const evaluation = (validationImages(cell) / batch) * (step / backwardFactor);
  return startSeconds + steps * step + Math.ceil(steps / evaluateEvery) * evaluation;
}

const validationImages = (cell: Extract<Cell, { kind: 'error' }>): number =>
  cell.dataset === 'imagenet32'
    ? 50_000
    : cell.dataset === 'synthetic'
      ? 512
      : Math.min(10_000, datasetFacts[cell.dataset].trainImages);

/** What a finished cell took, beside what the model says. */
export interface Experience {
  readonly cell: Cell;
  readonly seconds: number;
}

export type SecondsOf = (cell: Cell) => number;

/** A training step that was timed on one device. */
export interface MeasuredStep {
  readonly network: NetworkSpecification;
  readonly batch: number;
  readonly seconds: number;
}

/**
 * The model, scaled for each kind of cell by the median of what finished ones took over what it says of them. Before a
 * training is done, `steps` scale those of networks of their kind and width, and their median the others.
 */
export function calibrate(
  experience: readonly Experience[],
  device: DeviceKind,
  steps: readonly MeasuredStep[] = [],
): SecondsOf {
  const scaleOf = (kind: Cell['kind']): number | undefined => {
    return middle(
      experience
        .filter(({ cell, seconds }) => cell.kind === kind && seconds > 0)
        .map(({ cell, seconds }) => seconds / modelledSeconds(cell, device)),
    );
  };
  const kindOf = ({ family, kw }: NetworkSpecification): string => `${family} ${kw}`;
  const ratios = steps.map(({ network, batch, seconds }) => ({
    kind: kindOf(network),
    ratio: seconds / modelledStep(network, batch, device),
  }));
  const usual = middle(ratios.map(({ ratio }) => ratio)) ?? 1;
  const [errorScale, timingScale] = [scaleOf('error'), scaleOf('timing') ?? 1];
  return (cell) => {
    if (cell.kind === 'timing') return timingScale * modelledSeconds(cell, device);
    const own = ratios.find(({ kind }) => kind === kindOf(cell.network))?.ratio;
    return (errorScale ?? own ?? usual) * modelledSeconds(cell, device);
  };
}

const middle = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds until all are done: timing cells one after the other, error cells side by side. */
export function makespan(cells: readonly Cell[], secondsOf: SecondsOf, sideBySide: number): number {
  let alone = 0;
  const lanes = new Array<number>(Math.max(1, sideBySide)).fill(0);
  for (const cell of cells) {
    if (cell.kind === 'timing') alone += secondsOf(cell);
    else {
      const lane = lanes.indexOf(Math.min(...lanes));
      lanes[lane] = (lanes[lane] ?? 0) + secondsOf(cell);
    }
  }
  return alone + Math.max(...lanes);
}

/** Bytes a cell leaves on disk: weights and momentum in a checkpoint, twice while it is replaced, and its logs. */
export function diskOf(cell: Cell): number {
  const logs = 1e6;
  if (cell.kind === 'timing') return logs;
  return logs + 2 * 8 * parameterCount(cell.network);
}
