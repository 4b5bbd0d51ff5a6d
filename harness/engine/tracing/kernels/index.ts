/** Every kernel of the traced backend. */
import { arrangementKernels } from './arrangement.js';
import { convolutionKernels } from './convolution.js';
import { elementwiseKernels } from './elementwise.js';
import { fusedKernels } from './fused.js';
import { registerTracedKernels, type TracedKernel } from './kernel.js';
import { reductionKernels } from './reduction.js';

export const tracedKernels: readonly TracedKernel[] = [
  ...elementwiseKernels,
  ...reductionKernels,
  ...arrangementKernels,
  ...convolutionKernels,
  ...fusedKernels,
];

registerTracedKernels(tracedKernels);
