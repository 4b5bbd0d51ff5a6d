/** What the parts of a network share while one forward pass is built: ops, weights, mode, and where things are. */
import { add, clone, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Operations } from '../engine/operations.js';
import type { NetworkOptions } from '../../experiments/warpnet/model/options.js';
import type { Parameter } from '../../experiments/warpnet/model/parameters.js';

/**
 * A feature map, [batch, height, width, channels], in as many parts along the batch as there are replicas: one, but for
 * data parallelism. Everything treats the parts alike; only synchronised batch normalisation couples them.
 */
export type Shards = readonly Tensor4D[];

export type Mode = 'train' | 'evaluate';

/** What is outside: weights, running averages, and who wants to know a batch's mean and variance. */
export interface PassValues {
  readonly weight: (parameter: Parameter) => Tensor;
  readonly statistic: (name: string) => Tensor1D;
  readonly onStatistics: (norm: string, mean: Tensor1D, variance: Tensor1D) => void;
}

export class ForwardPass {
  readonly #received = new Map<string, Tensor>();
  readonly #recorded = new Set<string>();
  readonly #parameters: ReadonlyMap<string, Parameter>;

  constructor(
    readonly operations: Operations,
    readonly options: NetworkOptions,
    readonly mode: Mode,
    parameters: readonly Parameter[],
    private readonly values: PassValues,
  ) {
    this.#parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  }

  /** Runs `build` for each part on the device that computes `bracket` for it. */
  map<Out>(bracket: number, shards: Shards, build: (part: Tensor4D, replica: number) => Out): Out[] {
    return shards.map((part, replica) =>
      this.operations.onDevice(deviceOf(bracket, replica), () => build(part, replica)),
    );
  }

  /** Adds feature maps on the device of `bracket`, from left to right. */
  sum(bracket: number, summands: readonly Shards[]): Shards {
    return summands.reduce((total, summand) =>
      this.map(bracket, total, (part, replica) => {
        const other = summand[replica];
        if (!other) throw new Error('Internal error: summands differ in their number of parts');
        return add(part, other);
      }),
    );
  }

  /** A scale, an offset or the classifier's bias, [channels]. */
  vector(baseName: string, bracket: number, replica: number): Tensor1D {
    return this.#weight(baseName, bracket, replica) as Tensor1D;
  }

  /** The classifier's weights, [channels, classes]. */
  matrix(baseName: string, bracket: number, replica: number): Tensor2D {
    return this.#weight(baseName, bracket, replica) as Tensor2D;
  }

  /** A convolution, [height, width, channels in, channels out]. */
  kernel(baseName: string, bracket: number, replica: number): Tensor4D {
    return this.#weight(baseName, bracket, replica) as Tensor4D;
  }

  /** A weight of one replica, as `bracket` sees it; to be called inside `map`. */
  #weight(baseName: string, bracket: number, replica: number): Tensor {
    const name = replica === 0 ? baseName : `replica${replica}/${baseName}`;
    const parameter = this.#parameters.get(name);
    if (!parameter) throw new Error(`Internal error: no parameter ${name}`);
    const value = this.values.weight(parameter);
    return parameter.device === deviceOf(bracket, replica) ? value : this.#receive(`${name}@${bracket}`, value);
  }

  /** A running average. */
  statistic(name: string): Tensor1D {
    return this.values.statistic(name);
  }

  /** Tells of a batch's mean and variance, once for each normalisation: a branch that is recomputed has the same ones. */
  recordStatistics(norm: string, mean: Tensor1D, variance: Tensor1D): void {
    if (this.#recorded.has(norm)) return;
    this.#recorded.add(norm);
    this.values.onStatistics(norm, mean, variance);
  }

  /** A feature map that one bracket computed, as another sees it. */
  transfer(shards: Shards, from: number, to: number): Shards {
    if (from === to) return shards;
    return this.map(to, shards, (part) => this.#receive(`${part.id}@${to}`, part));
  }

  /**
   * One identity a device for each tensor that crosses: every use there hangs on it, so that the gradients of those uses
   * are added there and cross back once (method.md 7.1).
   */
  #receive<T extends Tensor>(key: string, value: T): T {
    const known = this.#received.get(key);
    if (known) return known as T;
    const copy = clone(value);
    this.#received.set(key, copy);
    return copy;
  }
}

/** Brackets and replicas never come together: an operator over several devices has one replica, and the reverse. */
const deviceOf = (bracket: number, replica: number): number => bracket + replica;
