/** A WRN's forward pass with every unit linearised where the network passes it. */
import { add, grad, type Scalar, type Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
// tfjs derives no backward pass without its gradient functions (harness/model/gradients.ts).
import '@tensorflow/tfjs';
import type { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { meanCrossEntropy } from '../../../../harness/model/layers/classifier.js';
import { enterStage, head, stem, stagesOf } from '../network.js';
import type { NetworkOptions } from '../options.js';
import type { NetworkSpecification } from '../specification.js';
import {
  linearise,
  weightsOf,
  type LinearisedUnit,
  type NormalisationMode,
  type UnitWeights,
} from './linearised-unit.js';

export interface ChainUnit {
  /** `stage1/unit3`. */
  readonly name: string;
  readonly weights: UnitWeights;
  /** Its input, [batch, height, width, channels]. */
  readonly x: Tensor4D;
  readonly branch: LinearisedUnit;
  /** Its output, `x + F(x)`. */
  readonly next: Tensor4D;
}

export interface ChainStage {
  /** From 1. */
  readonly number: number;
  readonly units: readonly ChainUnit[];
  /** Takes a gradient at the stage's input back to the end of the stage before; for the first stage, to the stem. */
  readonly backToBefore: (gradient: Tensor4D) => Tensor4D;
}

export interface Chain {
  readonly stages: readonly ChainStage[];
  /** Gradient of the mean loss at the end of the last stage. */
  readonly lossGradient: (labels: Tensor1D) => Tensor4D;
}

/** Follows images [batch, 32, 32, 3] through the network on one device. */
export function followChain(pass: ForwardPass<NetworkOptions>, network: NetworkSpecification, images: Tensor4D): Chain {
  let features = only(stem(pass, [images]));
  const stages = stagesOf(network).map((stage): ChainStage => {
    const before = features;
    const enter = (x: Tensor4D): Tensor4D => only(enterStage(pass, stage, { features: [x], group: 0 }, 0).features);
    let x = enter(before);
    const units = stage.units.map((name): ChainUnit => {
      const weights = weightsOf(pass, name, pass.options.batchNormEpsilon);
      const branch = linearise(pass.operations, weights, x);
      const unit = { name, weights, x, branch, next: add<Tensor4D>(x, branch.output) };
      x = unit.next;
      return unit;
    });
    features = x;
    return { number: stage.number, units, backToBefore: (gradient) => pulledBack(enter, before, gradient) };
  });
  const end = features;
  return {
    stages,
    lossGradient: (labels) =>
      pulledBack((x): Scalar => meanCrossEntropy(pass, 0, head(pass, { features: [x], group: 0 }), [labels]), end),
  };
}

/** Gradient at `x` of what `f` comes to, given the gradient at `f(x)`; 1 where that is a scalar. */
const pulledBack = (f: (x: Tensor4D) => Tensor, x: Tensor4D, gradient?: Tensor4D): Tensor4D =>
  grad((value) => f(value as Tensor4D))(x, gradient) as Tensor4D;

/** Gradient of the loss at the input of every unit, in the network's order. */
export function gradientsAtUnits(
  { stages, lossGradient }: Chain,
  labels: Tensor1D,
  mode: NormalisationMode,
): Tensor4D[] {
  let gradient = lossGradient(labels);
  const found: Tensor4D[] = [];
  for (const stage of stages.toReversed()) {
    for (const { branch } of stage.units.toReversed()) {
      gradient = add(gradient, branch.adjoint(mode, gradient));
      found.push(gradient);
    }
    if (stage.number > 1) gradient = stage.backToBefore(gradient);
  }
  return found.reverse();
}

/** Gradient of the loss at the input of the first stage along one path: through the branches that it names, and past all others. */
export function gradientAlong(
  { stages }: Chain,
  end: Tensor4D,
  branches: ReadonlySet<number>,
  mode: NormalisationMode,
): Tensor4D {
  let position = stages.reduce((sum, { units }) => sum + units.length, 0);
  let gradient = end;
  for (const stage of stages.toReversed()) {
    for (const { branch } of stage.units.toReversed()) {
      position -= 1;
      if (branches.has(position)) gradient = branch.adjoint(mode, gradient);
    }
    if (stage.number > 1) gradient = stage.backToBefore(gradient);
  }
  return gradient;
}

function only<T>([part]: readonly T[]): T {
  if (part === undefined) throw new Error('Internal error: a pass without parts');
  return part;
}
