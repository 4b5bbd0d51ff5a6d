/** Sizes and angles of feature maps, as scalars of the graph. */
import {
  div,
  mean,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Scalar,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/** Euclidean norm over all elements, []. */
export const norm = (x: Tensor4D): Scalar => sqrt(sum<Scalar>(square(x)));

/** `||a|| / ||b||`, []. */
export const ratioOfNorms = (a: Tensor4D, b: Tensor4D): Scalar => div(norm(a), norm(b));

/** `||step - sum of terms|| / ||step||`, []: what an expansion of a step leaves, as a part of the step. */
export const relativeRemainder = (step: Tensor4D, expansion: Tensor4D): Scalar =>
  ratioOfNorms(sub<Tensor4D>(step, expansion), step);

const ofImages = (x: Tensor4D): Tensor1D => sum<Tensor1D>(x, [1, 2, 3]);

/** Cosine of the angle between two maps of each image, averaged over the batch, []. */
export const meanCosine = (a: Tensor4D, b: Tensor4D): Scalar =>
  mean<Scalar>(div<Tensor1D>(ofImages(mul(a, b)), sqrt(mul(ofImages(square(a)), ofImages(square(b))))));
