/** What the printed data parallelism costs beyond its projection: time the links and kernels of the model do not explain. */
import { printedMean, type FitCell } from './cells.js';
import type { HardwareParameters } from './hypothesis.js';
import type { FitModel } from './model.js';

export interface DataParallelGap {
  readonly rows: readonly {
    readonly devices: number;
    readonly printedPct: number;
    readonly projectedPct: number;
    /** Milliseconds a step takes longer by the printed RS than projected, given the projected baseline. */
    readonly missingMilliseconds: number;
    /** Weights and gradients that every copy exchanges, over the missing time: a bandwidth that would explain it, GB/s. */
    readonly impliedBandwidth: number;
  }[];
}

export function dataParallelGap(
  model: FitModel,
  cells: readonly FitCell[],
  parameters: HardwareParameters,
): DataParallelGap {
  return {
    rows: cells.flatMap((cell) => {
      const { layout } = cell.step;
      if (layout.kind !== 'data-parallel') return [];
      const baseline = model.stepTime(cell.baseline, cell.batch, parameters);
      const projected = model.stepTime(cell.step, cell.batch, parameters);
      const printed = baseline * (1 - printedMean(cell) / 100);
      // Half of a device's variables are weights, the other half momentum; each copy sends gradients and gets weights.
      const exchanged = model.cache
        .parts(model.hypothesis, cell.step, cell.batch)
        .flatMap(({ schedule, share }) => schedule.graph.graph.variableBytes.map((bytes) => share * bytes))
        .reduce((sum, bytes) => sum + bytes, 0);
      return [
        {
          devices: layout.replicas,
          printedPct: printedMean(cell),
          projectedPct: model.rsPct(cell, parameters),
          missingMilliseconds: (printed - projected) / 1e3,
          impliedBandwidth: exchanged / (printed - projected) / 1e3,
        },
      ];
    }),
  };
}
