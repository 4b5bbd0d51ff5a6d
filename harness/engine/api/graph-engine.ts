/** The engine as its users have it: functions that become graphs, on the devices that they name. */
import { tensor, variable as makeVariable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import type { StepGraph } from '../step-graph.js';
import type { TracedEngine } from '../traced/engine.js';
import { tracingBackend } from '../tracing/backend.js';
import { onDevice } from '../tracing/placement.js';
import { RandomDraws } from '../tracing/random-draws.js';
import { CapturedVariables } from './captured-variables.js';
import { deviceNumber } from './device-names.js';
import { FunctionCore, type Workshop } from './graph-function.js';
import { LayersTraining, type TrainingOptions } from './layers/training.js';
import type { TrainableModel } from './layers/trainable-model.js';
import type { Profile } from './profile.js';
import { Turns } from './turns.js';

/**
 * A function that runs as a graph; call it as the function that it was made of, and await what it resolves to.
 *
 * @example
 * ```js
 * const tf = await import('@tensorflow/tfjs');
 * const { openEngine } = await import('warpnet-tables/engine');
 * const engine = await openEngine();
 * const add = engine.function(({ a, b }) => ({ sum: tf.add(a, b) }), 'add');
 * const { sum } = await add({ a: tf.scalar(1), b: tf.scalar(2) });
 * console.log(sum.dataSync()[0], add.sync({ a: tf.scalar(3), b: tf.scalar(4) }).sum.dataSync()[0]); // 3 7
 * console.log(add.name, add.traceCount, add.graph({ a: tf.scalar(0), b: tf.scalar(0) }).operations.length); // add 1 3
 * engine.close();
 * ```
 */
export interface GraphFunction<Arguments extends readonly unknown[], Result> {
  /**
   * Runs the graph of these arguments' types and shapes; traces it first where there is none. Tensors are given and resolved to, alone
   * or in arrays and plain objects; the event loop stays free meanwhile. Numbers, strings and booleans are built into the graph:
   * another one is another signature.
   * @throws Problem OP_NOT_TRACED, GRADIENT_MISSING, OP_REJECTED, VALUE_READ_IN_TRACE, OUT_OF_MEMORY and others, with what to do
   */
  (...values: Arguments): Promise<Result>;
  /** As a call, on this thread: the event loop waits. @throws Problem ENGINE_BUSY */
  sync(...values: Arguments): Result;
  /** How often it was traced: once for each signature. */
  readonly traceCount: number;
  /** The signatures that it was traced for: types, shapes and values of the arguments. */
  readonly signatures: readonly string[];
  /** Runs so many steps with every op timed. The steps are real: variables change. */
  profile(steps: number, ...values: Arguments): Promise<Profile>;
  /** The graph as plain data, in program order: op types, devices, shapes, bytes. */
  graph(...values: Arguments): StepGraph;
}

/**
 * What `openEngine` gives.
 *
 * @example
 * ```js
 * const tf = await import('@tensorflow/tfjs');
 * const { openEngine } = await import('warpnet-tables/engine');
 * const engine = await openEngine({ devices: 'cpu:2' });
 * const weight = engine.variable(tf.ones([4, 4]), { device: 'cpu:1' });
 * const layer = engine.function((x) => engine.device('cpu:1', () => tf.relu(tf.matMul(x, weight))));
 * (await layer(tf.ones([2, 4]))).print();
 * engine.close();
 * ```
 */
export class GraphEngine {
  /** TensorFlow's version: `2.21.0`. */
  readonly tensorflow: string;
  /** Names of the devices: `cpu:0`, `cpu:1` … or `gpu:0` … */
  readonly devices: readonly string[];
  readonly #workshop: Workshop;
  /** Where variables that are made now go. */
  #device = 0;
  #closed = false;

  /** @internal */
  constructor(engine: TracedEngine, devices: readonly string[], seed: number | undefined) {
    this.tensorflow = engine.version;
    this.devices = devices;
    this.#workshop = {
      engine,
      devices,
      variables: new CapturedVariables(engine),
      draws: new RandomDraws(seed),
      turns: new Turns(),
      trace: undefined,
    };
  }

  /**
   * Makes a function of tensors a graph: what `tf.function` is to TensorFlow in Python. It is traced at its first call, and again for
   * arguments of other shapes, types or values. It may use tensors and variables from outside; a tensor is a constant of the graph, a
   * variable keeps its value on a device, and can be read and assigned to in and out of the function. Gradients (`tf.grads`,
   * `tf.variableGrads`, `optimizer.minimize`) become part of the graph. Any JavaScript runs when the function is traced, and not again.
   *
   * @param name in errors and profiles; the function's own where it has one
   * @example
   * ```js
   * const tf = await import('@tensorflow/tfjs');
   * const { openEngine } = await import('warpnet-tables/engine');
   * const engine = await openEngine();
   * const distance = engine.function((a, b) => tf.sum(tf.square(tf.sub(a, b)), -1));
   * (await distance(tf.ones([3, 2]), tf.zeros([3, 2]))).print(); // [2, 2, 2]
   * console.log(distance.traceCount); // 1
   * engine.close();
   * ```
   */
  function<Arguments extends readonly unknown[], Result>(
    body: (...values: Arguments) => Result,
    name = body.name === '' ? 'function' : body.name,
  ): GraphFunction<Arguments, Result> {
    this.#requireOpen();
    const core = new FunctionCore(this.#workshop, name, body as (...values: never[]) => unknown as never);
    const call = async (...values: Arguments): Promise<Result> => {
      this.#requireOpen();
      return (await core.call(values)) as Result;
    };
    return Object.defineProperties(call, {
      name: { value: name },
      sync: { value: (...values: Arguments) => core.callSync(values) },
      traceCount: { get: () => core.traceCount },
      signatures: { get: () => core.signatures },
      profile: { value: (steps: number, ...values: Arguments) => core.profile(steps, values) },
      graph: { value: (...values: Arguments) => core.graph(values) },
    }) as unknown as GraphFunction<Arguments, Result>;
  }

  /**
   * Places what `build` computes, and later its gradients, on a device. Scopes nest. Variables live where they are first used.
   *
   * @param name `cpu:1`, `gpu:0` or a number, as `devices` has them
   * @throws Problem DEVICE_UNKNOWN
   * @example
   * ```js
   * const tf = await import('@tensorflow/tfjs');
   * const { openEngine } = await import('warpnet-tables/engine');
   * const engine = await openEngine({ devices: 'cpu:2' });
   * const both = engine.function((x) => [
   *   engine.device('cpu:0', () => tf.sum(x)),
   *   engine.device('cpu:1', () => tf.max(x)),
   * ]);
   * const [sum, max] = await both(tf.tensor([1, 2, 3]));
   * console.log(sum.dataSync()[0], max.dataSync()[0]); // 6 3
   * engine.close();
   * ```
   */
  device<T>(name: string | number, build: () => T): T {
    const device = deviceNumber(name, this.devices);
    const outer = this.#device;
    this.#device = device;
    try {
      return tracingBackend.recording ? onDevice(device, build) : build();
    } finally {
      this.#device = outer;
    }
  }

  /**
   * A `tf.Variable` whose value lives on a device from the beginning. One that `tf.variable` makes does as well, on the device where a
   * function first uses it.
   *
   * @param initialValue float32, of any shape; it stays the caller's
   * @throws Problem VARIABLE_TYPE, DEVICE_UNKNOWN
   * @example
   * ```js
   * const tf = await import('@tensorflow/tfjs');
   * const { openEngine } = await import('warpnet-tables/engine');
   * const engine = await openEngine({ devices: 'cpu:2' });
   * const count = engine.variable(tf.scalar(0), { device: 'cpu:1', trainable: false });
   * const next = engine.function(() => count.assign(count.add(1)));
   * await next();
   * await next();
   * count.print(); // 2
   * engine.close();
   * ```
   */
  variable(
    initialValue: Tensor,
    options: { readonly device?: string | number; readonly trainable?: boolean; readonly name?: string } = {},
  ): Variable {
    this.#requireOpen();
    const device = options.device === undefined ? this.#device : deviceNumber(options.device, this.devices);
    const variable = makeVariable(initialValue, options.trainable, options.name);
    this.#workshop.variables.take(variable, device);
    return variable;
  }

  /**
   * Trains a `tf.LayersModel` as one graph a step: forward pass, loss, gradients, update and metrics. `fit`, `trainOnBatch`, `evaluate`
   * and `predict` are those of the model, callbacks included, and the model's own weights are those that are trained: it can be saved,
   * read and used at any time.
   *
   * @param model sequential or functional, with float32 weights
   * @throws Problem MODEL_NOT_COMPILED where neither `options` nor the model tell loss and optimizer
   * @example
   * ```js
   * const tf = await import('@tensorflow/tfjs');
   * const { openEngine } = await import('warpnet-tables/engine');
   * const engine = await openEngine();
   * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
   * const training = engine.train(model, { optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
   * const history = await training.fit(tf.ones([32, 3]), tf.ones([32, 1]), { epochs: 5, verbose: 0 });
   * console.log(history.history.loss.length); // 5
   * engine.close();
   * ```
   */
  train(model: TrainableModel, options: TrainingOptions = {}): LayersTraining {
    this.#requireOpen();
    return new LayersTraining(this, this.#workshop, model, options);
  }

  /** Ends the engine and gives its memory back; the values of variables go to their `tf.Variable`s. */
  close(): void {
    if (this.#closed) return;
    if (this.#workshop.turns.busy)
      throw new Problem('ENGINE_BUSY', 'the engine is closed while a call runs', 'Await every call first.');
    this.#closed = true;
    this.#workshop.variables.giveBack((values, shape) => tensor(values, shape));
    this.#workshop.engine.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw new Problem('ENGINE_CLOSED', 'the engine is closed', 'Open another with openEngine().');
  }
}
