/** What is left of a step through K units when Theorem 1 is cut short, for every way to take `F'` (method.md 2, 3.4, 4.3). */
import { scalar, sub, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Operations } from '../../../../harness/engine/operations.js';
import { applyDerivative } from '../derivative.js';
import { derivativeReadings, type DerivativeReading } from '../options.js';
import { convolve } from '../residual-unit.js';
import type { Chain, ChainUnit } from './chain.js';
import { linearise, normalisationModes, type LinearisedUnit, type NormalisationMode } from './linearised-unit.js';
import type { NamedScalar } from './measured-values.js';
import { ratioOfNorms, relativeRemainder } from './norms.js';
import { termsAtInput, termsByPower, total, type BranchAtPoint } from './terms.js';

/** Numbers of units that a layer is made of, where they divide a stage: those of the paper's experiments. */
export const layerSizes = [2, 3] as const;

/** A layer of K units within a stage. */
export interface Layer {
  /** `stage1/units1-2`. */
  readonly place: string;
  readonly units: readonly [ChainUnit, ...ChainUnit[]];
}

export const layersOf = ({ stages }: Chain, K: number): Layer[] =>
  stages.flatMap(({ number, units }) =>
    units.length % K === 0
      ? Array.from({ length: units.length / K }, (_, index) => {
          const [first, ...others] = units.slice(index * K, (index + 1) * K);
          if (first === undefined) throw new Error('Internal error: a layer without units');
          return {
            place: `stage${number}/units${index * K + 1}-${(index + 1) * K}`,
            units: [first, ...others] as const,
          };
        })
      : [],
  );

/** Of every layer, mode of normalisation, and expansion; and how much of the step the terms of each power are. */
export function remainders(operations: Operations, chain: Chain): NamedScalar[] {
  return layerSizes.flatMap((K) =>
    layersOf(chain, K).flatMap((layer) => normalisationModes.flatMap((mode) => ofLayer(operations, layer, mode))),
  );
}

function ofLayer(operations: Operations, { place, units }: Layer, mode: NormalisationMode): NamedScalar[] {
  const [first] = units;
  const x1 = first.x;
  const last = units.at(-1) ?? first;
  const step = sub<Tensor4D>(last.next, x1);
  const atInput = units.map((unit) => pointOf(operations, unit, x1, mode));
  const K = units.length;
  const exact = atInput.map(({ at }): BranchAtPoint => ({ output: at.output, derivative: (v) => at.tangent(mode, v) }));
  const powers = termsByPower(exact);
  const upTo = (highest: number): Tensor4D[] => powers.slice(0, highest).flat();

  const remainder = (expansion: string, terms: readonly Tensor4D[]): NamedScalar => ({
    quantity: 'remainder',
    place,
    variant: `${mode}, ${expansion}`,
    unit: 'ratio',
    value: relativeRemainder(step, total(terms)),
  });
  return [
    ...(mode === 'training' ? powers : []).map((terms, index): NamedScalar => ({
      quantity: 'terms',
      place,
      variant: `power ${index + 1}`,
      unit: 'count',
      value: scalar(terms.length),
    })),
    ...powers.map((terms, index): NamedScalar => ({
      quantity: 'power',
      place,
      variant: `${mode}, power ${index + 1}`,
      unit: 'ratio',
      value: ratioOfNorms(total(terms), step),
    })),
    remainder('zeroth order', upTo(1)),
    remainder('exact', upTo(K)),
    // As the experiments cut it (method.md 3.4).
    ...(K > 2 ? [remainder('exact, two factors', upTo(2))] : []),
    remainder('exact at x1', termsAtInput(exact, x1)),
    ...derivativeReadings.flatMap((reading) => {
      const read = atInput.map((point) => readAs(operations, reading, point, x1));
      return [remainder(reading, termsByPower(read, 2).flat()), remainder(`${reading} at x1`, termsAtInput(read, x1))];
    }),
  ];
}

interface UnitAtInput {
  readonly unit: ChainUnit;
  readonly at: LinearisedUnit;
}

/** A unit around the layer's input. Frozen: by the moments that it has where the network passes it. */
const pointOf = (operations: Operations, unit: ChainUnit, x1: Tensor4D, mode: NormalisationMode): UnitAtInput => ({
  unit,
  at:
    unit.x === x1
      ? unit.branch
      : linearise(operations, unit.weights, x1, mode === 'frozen' ? unit.branch.moments : undefined),
});

/** The branch itself with a derivative of the paper's experiments, which has no normalisation. */
function readAs(
  operations: Operations,
  reading: DerivativeReading,
  { unit, at }: UnitAtInput,
  x1: Tensor4D,
): BranchAtPoint {
  const { kernelA, kernelB } = unit.weights;
  let linear: Tensor4D | undefined;
  const linearPreActivation = (): Tensor4D => (linear ??= convolve(x1, kernelA));
  const branchPreActivation = (): Tensor4D => at.preActivation;
  return {
    output: at.output,
    derivative: (v) =>
      applyDerivative(operations, reading, { x1, v, kernelA, kernelB, linearPreActivation, branchPreActivation }),
  };
}
