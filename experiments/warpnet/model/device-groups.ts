/** Which device group computes what of a network, and holds its weights. */
import { stageOfUnits } from '../../../harness/plan/paper/pipeline-notation.js';
import { bracketsOf, type Layout } from '../layouts/layout.js';
import { isChain, unitsPerStage, type NetworkSpecification } from './specification.js';

export interface DeviceGroups {
  readonly count: number;
  /** The group that computes a unit's branch; stages and units of a stage count from 1. The stem is with the first group. */
  readonly ofUnit: (stage: number, unitOfStage: number) => number;
  /** The group that computes the head. */
  readonly last: number;
}

/** A group a stage of a pipeline, or a bracket: then everything outside of warp layers is with the first. */
export function deviceGroups(network: NetworkSpecification, layout: Layout): DeviceGroups {
  if (layout.kind === 'pipeline') {
    const stages = stageOfUnits(layout);
    const units = unitsPerStage(network);
    return {
      count: layout.stages.length,
      ofUnit: (stage, unit) => stages[(stage - 1) * units + unit - 1] ?? 0,
      last: layout.stages.length - 1,
    };
  }
  const brackets = bracketsOf(layout);
  const ofUnit = (unitOfStage: number): number => {
    if (isChain(network)) return 0;
    const unit = ((unitOfStage - 1) % network.K) + 1;
    return brackets.findIndex((terms) => terms.some((term) => term.kind === 'residual' && term.unit === unit));
  };
  return { count: brackets.length, ofUnit: (_, unit) => ofUnit(unit), last: 0 };
}
