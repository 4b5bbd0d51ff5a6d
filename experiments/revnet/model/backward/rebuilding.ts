/** A stretch of units whose activations are not kept: what the ways to rebuild them share. */
import { clone, keep, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { ForwardPass, type Shards } from '../../../../harness/model/forward-pass.js';
import type { Parameter } from '../../../../harness/model/parameter.js';
import { differentiate, withGradient } from '../differentiation.js';
import type { UnitPlan } from '../plan.js';
import { runUnit, type Features, type Pass } from '../unit.js';

/** Gradients of weights by parameter. */
export type WeightGradients = ReadonlyMap<Parameter, Tensor>;

export interface Gradients {
  /** Of the loss with respect to the features before the units. */
  readonly features: Features;
  readonly weights: WeightGradients;
}

/**
 * Computes the units' output from `kept`, the features before or behind them, and differentiates them, once `behind` has
 * been computed: the gradients of what follows them.
 */
export type Backward = (pass: Pass, units: readonly UnitPlan[], kept: Features, behind: Gradients) => Gradients;

/**
 * Runs units without keeping anything but the features before them (`input`) or behind them (`output`); `backward`
 * differentiates them.
 */
export function rebuilt(
  pass: Pass,
  units: readonly UnitPlan[],
  input: Features,
  keeps: 'input' | 'output',
  backward: Backward,
): Features {
  if (units.length === 0) return input;
  const parameters = parametersOf(pass, units);
  const weights = parameters.map((parameter) => pass.access.weight(parameter));
  const before = parts(input);
  let kept: Features = [];
  let shape = input;
  const outputs = withGradient(
    [...before, ...weights],
    () => {
      const output = runUnits(pass, units, input);
      shape = output;
      kept = copies(pass, keeps === 'input' ? input : output);
      return parts(output);
    },
    (gradients) => {
      const behind = { features: inTheShapeOf(shape, gradients), weights: new Map() };
      const found = backward(rebuildingPass(pass), units, kept, behind);
      for (const tensor of parts(kept)) tensor.dispose();
      // What comes before is not run again while activations wait here for gradients of weights.
      const handedOn = after(pass, found.features, { features: [], weights: found.weights });
      return [...parts(handedOn), ...parameters.map((parameter) => weightGradient(found.weights, parameter))];
    },
  );
  return inTheShapeOf(shape, outputs);
}

/** Running averages were updated when the units ran first. */
function rebuildingPass(pass: Pass): Pass {
  const options = { ...pass.options, batchNormEvaluation: 'batch' as const };
  return new ForwardPass(pass.variables, options, pass.mode, pass.access);
}

/** Runs units one after the other; what is between them is let go. */
export const runUnits = (pass: Pass, units: readonly UnitPlan[], input: Features): Features =>
  units.reduce((x, unit) => lettingGo(() => runUnit(pass, unit, x), parts), input);

/** Runs the units from `input` once more, this time to differentiate them. */
export const differentiateUnits = (
  pass: Pass,
  units: readonly UnitPlan[],
  input: Features,
  { features }: Gradients,
): Gradients =>
  differentiatePart(pass, units, {
    input,
    gradients: features,
    build: (x) => units.reduce((output, unit) => runUnit(pass, unit, output), x),
  }).gradients;

export interface Part {
  readonly input: Features;
  /** Of the loss with respect to what `build` computes. */
  readonly gradients: Features;
  readonly build: (input: Features) => Features;
  /** Makes more of what was built, before that is differentiated. */
  readonly between?: (built: Features) => Features;
}

/** Differentiates what `build` computes with the weights of `owners`: units, or a branch of one. */
export function differentiatePart(
  pass: Pass,
  owners: readonly { readonly name: string }[],
  { input, gradients, build, between }: Part,
): { readonly gradients: Gradients; /** By `between`; handed on once there are gradients. */ readonly made: Features } {
  const parameters = parametersOf(pass, owners);
  const before = parts(input);
  let made: Features = [];
  const found = lettingGo(
    () =>
      differentiate(
        () => parts(build(input)),
        [...before, ...parameters.map((parameter) => pass.access.weight(parameter))],
        parts(gradients),
        between &&
          ((built) => {
            made = copies(pass, between(inTheShapeOf(gradients, built)));
          }),
      ),
    (tensors) => tensors,
  );
  const [features, weights] = [found.slice(0, before.length), found.slice(before.length)];
  const own = {
    features: inTheShapeOf(input, features),
    weights: new Map(parameters.map((parameter, index) => [parameter, weights[index] ?? missing(parameter.name)])),
  };
  const handedOn = after(pass, made, own);
  for (const tensor of parts(made)) tensor.dispose();
  return { gradients: own, made: handedOn };
}

/** `features`, handed on only when `earlier` has been computed, replica by replica. */
export const after = (pass: Pass, features: Features, earlier: Gradients): Features =>
  features.map((shards) =>
    pass.map(0, shards, (part, replica) => pass.operations.after(part, ofReplica(earlier, replica))),
  );

const ofReplica = ({ features, weights }: Gradients, replica: number): Tensor[] => [
  ...features.flatMap((shards) => shards[replica] ?? []),
  ...[...weights].flatMap(([parameter, gradient]) => (parameter.replica === replica ? [gradient] : [])),
];

/** The weights of these units, or of a branch of one; copies of data parallelism among them. */
const parametersOf = (pass: Pass, owners: readonly { readonly name: string }[]): Parameter[] =>
  pass.variables.parameters.filter(({ baseName }) => owners.some(({ name }) => baseName.startsWith(`${name}/`)));

const weightGradient = (gradients: WeightGradients, parameter: Parameter): Tensor =>
  gradients.get(parameter) ?? missing(parameter.name);

/** Of two stretches together. */
export const joined = (...gradients: readonly WeightGradients[]): WeightGradients =>
  new Map(gradients.flatMap((each) => [...each]));

/** A copy of each on its device that outlives the forward pass: dispose of it. */
const copies = (pass: Pass, features: Features): Features =>
  features.map((shards) => pass.map(0, shards, (part) => keep(clone(part))));

export const parts = (features: Features): Tensor4D[] => features.flatMap((shards) => [...shards]);

function inTheShapeOf(features: Features, flat: readonly Tensor[]): Features {
  let next = 0;
  return features.map((shards): Shards =>
    shards.map(() => (flat[next++] as Tensor4D | undefined) ?? missing('a feature map')),
  );
}

/** Lets go of every tensor that `build` makes, but for those of its result. */
export function lettingGo<Result>(build: () => Result, tensorsOf: (result: Result) => Tensor[]): Result {
  const results: Result[] = [];
  tidy(() => {
    const result = build();
    results.push(result);
    return tensorsOf(result);
  });
  return results[0] as Result;
}

export const tensorsOf = ({ features, weights }: Gradients): Tensor[] => [...parts(features), ...weights.values()];

function missing(name: string): never {
  throw new Error(`Internal error: ${name} is missing in a backward pass`);
}
