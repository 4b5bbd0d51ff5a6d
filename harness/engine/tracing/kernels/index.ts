/** Every kernel of the traced backend. */
import { activationKernels } from './activation.js';
import { arrangementKernels } from './arrangement.js';
import { complexKernels } from './complex.js';
import { convolutionKernels } from './convolution.js';
import { elementwiseKernels } from './elementwise.js';
import { fusedLayerKernels } from './fused-layers.js';
import { fusedKernels } from './fused.js';
import { imageKernels } from './images.js';
import { registerTracedKernels, type TracedKernel } from './kernel.js';
import { poolingKernels } from './pooling.js';
import { randomKernels } from './random.js';
import { reductionKernels } from './reduction.js';
import { scatterKernels } from './scatter.js';
import { volumeKernels } from './volume.js';

export const tracedKernels: readonly TracedKernel[] = [
  ...elementwiseKernels,
  ...activationKernels,
  ...reductionKernels,
  ...arrangementKernels,
  ...scatterKernels,
  ...convolutionKernels,
  ...volumeKernels,
  ...poolingKernels,
  ...imageKernels,
  ...complexKernels,
  ...fusedKernels,
  ...fusedLayerKernels,
  ...randomKernels,
];

registerTracedKernels(tracedKernels);
