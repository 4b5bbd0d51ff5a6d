/** The same problem with sampled inputs: stochastic gradient descent with mini-batches of fresh Gaussian patches. */
import { randomStream } from '../../../harness/model/random.js';
import { descendVectors } from './population-loss.js';
import { addScaled, dot } from './vectors.js';
import type { Descending } from './descend.js';
import type { ReducedPoint } from './reduced-point.js';
import type { Weights } from './teacher.js';

/** Mean loss of a mini-batch and its gradients; that of `v` is its part tangent to the sphere. */
export interface SampledGradient extends Weights {
  readonly loss: number;
}

/** Loss and gradients over `batch` inputs of `[k, p]` numbers drawn from `normal`. */
export function sampledGradient(
  student: Weights,
  teacher: Weights,
  batch: number,
  normal: () => number,
): SampledGradient {
  const k = student.a.length;
  const p = student.v.length;
  const a = new Float64Array(k);
  const v = new Float64Array(p);
  const activations = new Float64Array(k);
  /** Sum over the active patches of a_j Z_j: the output's gradient. */
  const ofOutput = new Float64Array(p);
  const patch = new Float64Array(p);
  let loss = 0;
  for (let sample = 0; sample < batch; sample++) {
    let error = 0;
    ofOutput.fill(0);
    for (let j = 0; j < k; j++) {
      for (let index = 0; index < p; index++) patch[index] = normal();
      const weight = student.a[j] as number;
      const activation = Math.max(0, dot(student.v, patch));
      activations[j] = activation;
      error += weight * activation - (teacher.a[j] as number) * Math.max(0, dot(teacher.v, patch));
      if (activation > 0) addScaled(ofOutput, weight, patch);
    }
    loss += error ** 2 / (2 * batch);
    addScaled(a, error / batch, activations);
    addScaled(v, error / batch, ofOutput);
  }
  addScaled(v, -dot(v, student.v), student.v);
  return { loss, a, v };
}

/** Descent on mini-batches; `point` follows, with the loss over all inputs. Changes the weights it starts from. */
export class SampledDescent implements Descending {
  private readonly normal: () => number;

  constructor(
    readonly point: ReducedPoint,
    private readonly student: Weights,
    private readonly teacher: Weights,
    private readonly batch: number,
    seed: number,
    run: number,
  ) {
    this.normal = randomStream(seed, `two-layer samples ${run}`).normal;
  }

  step(rateA: number, rateV: number): void {
    descendVectors(this.student, sampledGradient(this.student, this.teacher, this.batch, this.normal), rateA, rateV);
    this.point.moveTo(this.student, this.teacher);
  }
}
