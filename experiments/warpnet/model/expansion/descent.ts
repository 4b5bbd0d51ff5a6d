/** How large a unit's step is against what it is added to, and whether it goes against the loss's gradient (Jastrzebski et al., 2018). */
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { gradientsAtUnits, type Chain } from './chain.js';
import { normalisationModes } from './linearised-unit.js';
import type { NamedScalar } from './measured-values.js';
import { meanCosine, ratioOfNorms } from './norms.js';

/** `||F|| / ||h||` of every unit, and the mean cosine over images of `F(h)` with the loss's gradient at `h`. */
export function descents(chain: Chain, labels: Tensor1D): NamedScalar[] {
  const units = chain.stages.flatMap(({ units: own }) => own);
  const sizes = units.map(({ name, x, branch }): NamedScalar => ({
    quantity: 'branch size',
    place: name,
    variant: 'F / h',
    unit: 'ratio',
    value: ratioOfNorms(branch.output, x),
  }));
  const cosines = normalisationModes.flatMap((mode) => {
    const gradients = gradientsAtUnits(chain, labels, mode);
    return units.flatMap(({ name, branch }, index): NamedScalar[] => {
      const gradient = gradients[index];
      if (gradient === undefined) throw new Error('Internal error: a unit without a gradient');
      return [
        { quantity: 'cosine', place: name, variant: mode, unit: 'cosine', value: meanCosine(branch.output, gradient) },
      ];
    });
  });
  return [...sizes, ...cosines];
}
