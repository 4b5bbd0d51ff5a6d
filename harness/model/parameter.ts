/** What a network keeps between steps: weights that are trained, and running statistics. Plain data. */

/** What initial values are drawn from. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  /** Of mean 0. */
  | { readonly kind: 'normal'; readonly variance: number }
  /** Drawn again while two deviations or more from 0; `variance` is that before the cut. */
  | { readonly kind: 'truncated-normal'; readonly variance: number }
  /** Between -bound and bound. */
  | { readonly kind: 'uniform'; readonly bound: number };

/** A trained weight. */
export interface Parameter {
  /** `stem/convolution`; copies of data parallelism beyond the first are `replica1/…`. */
  readonly name: string;
  /** The same without the replica, so that checkpoints do not depend on the placement. */
  readonly baseName: string;
  /** Convolutions [height, width, channels in, channels out], matrices [channels in, channels out], others [channels]. */
  readonly shape: readonly number[];
  readonly replica: number;
  /** Logical device that holds it. */
  readonly device: number;
  readonly initial: Distribution;
  /** Whether L2 weight decay covers it. */
  readonly decayed: boolean;
}

/** A running statistic: the model assigns it in training and reads it in evaluation. There is one, whatever the replicas. */
export interface State {
  readonly name: string;
  readonly shape: readonly number[];
  /** Logical device that holds it. */
  readonly device: number;
  /** The value of every element before the first step. */
  readonly initial: number;
}

/** Elements of a tensor of this shape. */
export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Inputs of one output: a convolution's height x width x channels in, a matrix's channels in. */
export const fanIn = (shape: readonly number[]): number => elementsOf(shape.slice(0, -1));

/** Variance 2 / fan-in, which keeps the size of activations through layers with ReLUs (He et al., 2015). */
export const heNormal = (shape: readonly number[]): Distribution => ({ kind: 'normal', variance: 2 / fanIn(shape) });
