/** What the layers of a network share while one forward pass is built: weights, mode, options, and where things are. */
import { add, clone, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Operations } from '../engine/operations.js';
import { replicaName, type PlacedVariables } from './declaration.js';
import type { ModelAccess } from './model.js';
import type { Parameter, State } from './parameter.js';

/**
 * A feature map, [batch, height, width, channels], in as many parts along the batch as there are replicas: one, but for
 * data parallelism. Layers treat the parts alike; only synchronised batch normalisation couples them.
 */
export type Shards = readonly Tensor4D[];

export type Mode = 'train' | 'evaluate';

/**
 * `Options` are the network's; a layer states those that it reads (`ForwardPass<BatchNormOptions>`). A backward pass that
 * recomputes makes a pass of its own from `variables`, with `access` to the values it was given.
 */
export class ForwardPass<Options = unknown> {
  readonly #received = new Map<string, Tensor>();
  readonly #done = new Set<string>();
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #state: ReadonlyMap<string, State>;

  constructor(
    readonly variables: PlacedVariables,
    readonly options: Options,
    readonly mode: Mode,
    readonly access: ModelAccess,
    /** Collects what `probe` computes, by name; without it nothing is computed. */
    private readonly probes?: Map<string, readonly Tensor1D[]>,
  ) {
    this.#parameters = new Map(variables.parameters.map((parameter) => [parameter.name, parameter]));
    this.#state = new Map(variables.state.map((state) => [state.name, state]));
  }

  get operations(): Operations {
    return this.access.operations;
  }

  /** Runs `build` for each part on the device where its replica computes what belongs to `group`. */
  map<In, Out>(group: number, parts: readonly In[], build: (part: In, replica: number) => Out): Out[] {
    return parts.map((part, replica) =>
      this.operations.onDevice(this.#deviceOf(group, replica), () => build(part, replica)),
    );
  }

  /** Adds feature maps on the devices of `group`, from left to right. */
  sum(group: number, summands: readonly Shards[]): Shards {
    return summands.reduce((total, summand) =>
      this.map(group, total, (part, replica) => {
        const other = summand[replica];
        if (!other) throw new Error('Internal error: summands differ in their number of parts');
        return add(part, other);
      }),
    );
  }

  /** A scale, an offset or a bias, [channels]. */
  vector(baseName: string, group: number, replica: number): Tensor1D {
    return this.#weight(baseName, group, replica) as Tensor1D;
  }

  /** Weights of a linear layer, [channels in, channels out]. */
  matrix(baseName: string, group: number, replica: number): Tensor2D {
    return this.#weight(baseName, group, replica) as Tensor2D;
  }

  /** A convolution, [height, width, channels in, channels out]. */
  kernel(baseName: string, group: number, replica: number): Tensor4D {
    return this.#weight(baseName, group, replica) as Tensor4D;
  }

  /** A weight of one replica, as `group` sees it; to be called inside `map`. */
  #weight(baseName: string, group: number, replica: number): Tensor {
    const name = replicaName(baseName, replica);
    const parameter = this.#parameters.get(name);
    if (!parameter) throw new Error(`Internal error: no parameter ${name}`);
    const value = this.access.weight(parameter);
    return parameter.device === this.#deviceOf(group, replica) ? value : this.#receive(`${name}@${group}`, value);
  }

  /** A running statistic, [channels]. */
  state(name: string): Tensor1D {
    return this.access.state(this.#stateNamed(name)) as Tensor1D;
  }

  /** Sets a running statistic when the step is done; `value` has to be off the tape. */
  assignState(name: string, value: Tensor1D): void {
    this.access.assignState(this.#stateNamed(name), value);
  }

  /** Does `work` the first time that it is asked for under this name: a layer that is computed twice updates once. */
  once(name: string, work: () => void): void {
    if (this.#done.has(name)) return;
    this.#done.add(name);
    work();
  }

  /** Has a number of each image, [part of the batch], looked at where somebody looks. */
  probe(name: string, values: () => readonly Tensor1D[]): void {
    this.probes?.set(name, values());
  }

  /** A feature map that one group computed, as another sees it. */
  transfer(shards: Shards, from: number, to: number): Shards {
    if (from === to) return shards;
    return this.map(to, shards, (part) => this.#receive(`${part.id}@${to}`, part));
  }

  /**
   * One identity a device for each tensor that crosses: every use there hangs on it, so that the gradients of those uses
   * are added there and cross back once.
   */
  #receive<T extends Tensor>(key: string, value: T): T {
    const known = this.#received.get(key);
    if (known) return known as T;
    const copy = clone(value);
    this.#received.set(key, copy);
    return copy;
  }

  #stateNamed(name: string): State {
    const state = this.#state.get(name);
    if (!state) throw new Error(`Internal error: no running statistic ${name}`);
    return state;
  }

  #deviceOf(group: number, replica: number): number {
    return this.variables.placement.deviceOf(group, replica);
  }
}
