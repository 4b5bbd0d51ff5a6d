/** What rebuilding activations does to a step: the angle between gradients (Figure 4), and how far rebuilt inputs are off. */
import {
  add,
  addN,
  asin,
  div,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ClassifierDiagnostics, ImageLogits } from '../../../harness/model/diagnostics.js';
import type { NetworkOptions } from './options.js';
import type { UnitPlan } from './plan.js';
import { invertUnit, runUnit, type Features, type Pass } from './unit.js';

/** Degrees between the gradients of all weights from stored activations and from rebuilt ones. */
export const angleName = 'angle';

/** Distance of a unit's rebuilt input from the stored one, as a share of its length. */
export const rebuiltName = (unit: string): string => `rebuilt ${unit}`;

export interface Ways {
  readonly logits: (backward: 'plain' | 'chosen') => ImageLogits<NetworkOptions>;
  /** From images to what the first stage is given. */
  readonly begin: (pass: Pass, images: Features[number]) => Features;
  readonly stages: readonly (readonly UnitPlan[])[];
}

/** Of a RevNet whose backward pass inverts units. */
export function reversibleDiagnostics({ logits, begin, stages }: Ways): ClassifierDiagnostics<NetworkOptions> {
  const inverted = stages.map((units) => units.filter(({ first }) => !first));
  return {
    names: [angleName, ...inverted.flatMap((units) => [...units].reverse().map(({ name }) => rebuiltName(name)))],
    values: ({ images, pass, gradients }) => {
      const angle = angleBetween(gradients(logits('plain')), gradients(logits('chosen')));
      const running = pass();
      let features = begin(running, images);
      const distances = stages.flatMap((units) => {
        const inputs = units.map((unit) => {
          const before = features;
          features = runUnit(running, unit, features);
          return before;
        });
        let rebuilt = features;
        return [...units.entries()].reverse().flatMap(([index, unit]) => {
          if (unit.first) return [];
          rebuilt = invertUnit(running, unit, rebuilt);
          return relativeDistance(rebuilt, inputs[index] ?? []);
        });
      });
      return [angle, ...distances];
    },
  };
}

/** Degrees, by the chord between the directions: the cosine of a small angle has lost it in float32. */
function angleBetween(one: readonly Tensor[], other: readonly Tensor[]): Scalar {
  const [a, b] = [lengthOf(one), lengthOf(other)];
  const chord = lengthOf(one.map((gradient, index) => sub(div(gradient, a), div(other[index] ?? gradient, b))));
  const half = asin(minimum(div(chord, scalar(2)), scalar(1)));
  return mul(half, scalar(360 / Math.PI));
}

function relativeDistance(rebuilt: Features, stored: Features): Scalar {
  const [found, wanted] = [rebuilt.flat(), stored.flat()];
  const distance = lengthOf(found.map((map, index) => sub(map, wanted[index] ?? map)));
  return div(distance, add(lengthOf(wanted), scalar(1e-30)));
}

/** Of all tensors as one vector. */
const lengthOf = (tensors: readonly Tensor[]): Scalar =>
  sqrt(addN(tensors.map((tensor) => sum(square(tensor))))) as Scalar;
