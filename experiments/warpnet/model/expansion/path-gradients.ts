/** Norm of the loss's gradient along single paths through the branches, against that along the path through none (§2, Veit et al., 2016). */
import { div, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import { gradientAlong, type Chain } from './chain.js';
import { normalisationModes } from './linearised-unit.js';
import type { NamedScalar } from './measured-values.js';
import { norm } from './norms.js';
import type { GradientPath } from './paths.js';

export function pathGradients(chain: Chain, labels: Tensor1D, paths: readonly GradientPath[]): NamedScalar[] {
  const end = chain.lossGradient(labels);
  return normalisationModes.flatMap((mode) => {
    const along = (branches: ReadonlySet<number>): Scalar => norm(gradientAlong(chain, end, branches, mode));
    const pastAll = along(new Set());
    return paths.map(({ length, number, branches }): NamedScalar => ({
      quantity: 'path gradient',
      place: `length ${length}, path ${number + 1}`,
      variant: mode,
      unit: 'ratio',
      value: div(length === 0 ? pastAll : along(branches), pastAll),
    }));
  });
}
