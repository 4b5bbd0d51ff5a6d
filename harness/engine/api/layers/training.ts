/** A model of `tf.layers` that is trained, evaluated and used through graphs. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, ModelCompileArgs, ModelEvaluateArgs, ModelFitArgs, History } from '@tensorflow/tfjs-layers';
import { Problem } from '../../../core/problem.js';
import { FunctionCore, type Workshop } from '../graph-function.js';
import type { Profile } from '../profile.js';
import { fusedOptimizer, settingsOf, stateOf } from './fused-optimizer.js';
import { gatherRows } from './row-gather.js';
import { tracingLayers } from './traced-layers.js';
import { partsOf, type ModelParts, type TrainableModel } from './trainable-model.js';

/** What to train with; what is left out is what the model was compiled with. */
export interface TrainingOptions extends Partial<ModelCompileArgs> {
  /** Where a layer's ops and weights go: a device by the layer's name. Layers that are not named run on the first device. */
  readonly devices?: Readonly<Record<string, string | number>>;
}

/** The devices of an engine, as far as a training needs them. */
interface Places {
  device<T>(name: string | number, build: () => T): T;
}

type Data = tf.Tensor | tf.Tensor[] | { [name: string]: tf.Tensor };

/**
 * What `engine.train` gives. Each method is the model's own of that name, computed by the engine.
 *
 * @example
 * ```js
 * const tf = await import('@tensorflow/tfjs');
 * const { openEngine } = await import('warpnet-tables/engine');
 * const engine = await openEngine({ seed: 7 });
 * const model = tf.sequential();
 * model.add(tf.layers.dense({ units: 8, activation: 'relu', inputShape: [2] }));
 * model.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
 * const training = engine.train(model, { optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
 * const x = tf.tensor([[0, 1], [1, 0]]);
 * await training.trainOnBatch(x, x);
 * const [loss, accuracy] = await training.evaluate(x, x);
 * console.log(loss.shape, accuracy.shape, training.traceCount); // [] [] 1
 * engine.close();
 * ```
 */
export class LayersTraining {
  readonly #train: FunctionCore;
  readonly #test: FunctionCore;
  readonly #predict: FunctionCore;

  /** @internal */
  constructor(
    private readonly places: Places,
    private readonly workshop: Workshop,
    readonly model: TrainableModel,
    private readonly options: TrainingOptions,
  ) {
    this.#compileModel();
    this.#train = new FunctionCore(workshop, `${model.name} training step`, (data, rate) =>
      this.#traceStep(data as (tf.Tensor | null)[], rate as tf.Tensor),
    );
    this.#test = new FunctionCore(workshop, `${model.name} evaluation`, (data) =>
      this.#traceTest(data as (tf.Tensor | null)[]),
    );
    this.#predict = new FunctionCore(workshop, `${model.name} prediction`, (inputs) =>
      this.#inLayers(() => model.apply(inputs as tf.Tensor[], { training: false })),
    );
  }

  /** How often the training step was traced: once for each shape of a batch. */
  get traceCount(): number {
    return this.#train.traceCount;
  }

  /**
   * Trains for some epochs, with every option and callback of `model.fit`.
   * @param x inputs, [examples, …] each
   * @param y targets, [examples, …] each
   */
  async fit(x: Data, y: Data, args?: ModelFitArgs): Promise<History> {
    return this.#throughEngine(() => this.model.fit(x, y, args));
  }

  /** Trains on batches of a `tf.data.Dataset`, as `model.fitDataset` does. */
  async fitDataset(...parameters: Parameters<LayersModel['fitDataset']>): Promise<History> {
    return this.#throughEngine(() => this.model.fitDataset(...parameters));
  }

  /** One step; resolves to its loss, or to loss and metrics. */
  async trainOnBatch(x: Data, y: Data): Promise<number | number[]> {
    return this.#throughEngine(() => this.model.trainOnBatch(x, y));
  }

  /** Loss and metrics of examples, scalars, in batches as `model.evaluate` has them. */
  async evaluate(
    x: tf.Tensor | tf.Tensor[],
    y: tf.Tensor | tf.Tensor[],
    args?: ModelEvaluateArgs,
  ): Promise<tf.Scalar | tf.Scalar[]> {
    return this.#throughEngine(async () => this.model.evaluate(x, y, args));
  }

  /** Outputs for inputs [examples, …], in batches of `batchSize` (32). */
  async predict(
    x: tf.Tensor | tf.Tensor[],
    { batchSize = 32 }: { readonly batchSize?: number } = {},
  ): Promise<tf.Tensor | tf.Tensor[]> {
    const inputs = [x].flat();
    const examples = inputs[0]?.shape[0] ?? 0;
    const parts: tf.Tensor[][] = [];
    for (let start = 0; start < examples; start += batchSize) {
      const batch = inputs.map((input) => tf.slice(input, start, Math.min(batchSize, examples - start)));
      parts.push([(await this.#predict.call([batch])) as tf.Tensor | tf.Tensor[]].flat());
      tf.dispose(batch);
    }
    const outputs = (parts[0] ?? []).map((_, output) =>
      tf.tidy(() => tf.concat(parts.flatMap((part) => part[output] ?? []))),
    );
    tf.dispose(parts);
    const [first] = outputs;
    return outputs.length === 1 && first !== undefined ? first : outputs;
  }

  /** Runs so many training steps on one batch with every op timed. The steps are real: weights change. */
  async profile(x: tf.Tensor | tf.Tensor[], y: tf.Tensor | tf.Tensor[], steps = 3): Promise<Profile> {
    return this.#train.profile(steps, this.#stepArguments([x, y].flat()));
  }

  #compileModel(): void {
    const { optimizer, loss, metrics } = this.options;
    const parts = partsOf(this.model);
    const chosen = { optimizer: optimizer ?? parts.optimizer_, loss: loss ?? parts.loss };
    if (chosen.optimizer === undefined || chosen.loss === undefined)
      throw new Problem(
        'MODEL_NOT_COMPILED',
        `the model "${this.model.name}" has no ${chosen.optimizer === undefined ? 'optimizer' : 'loss'}`,
        "Give one: engine.train(model, { optimizer: 'adam', loss: 'meanSquaredError' }), or compile the model.",
      );
    if (optimizer === undefined && loss === undefined && metrics === undefined) return;
    const { optimizer: using, loss: minimising } = chosen;
    this.model.compile({ optimizer: using, loss: minimising, ...(metrics === undefined ? {} : { metrics }) });
  }

  /** The model's own methods make their step and test function by two of its parts: while `use` runs, those are the engine's. */
  async #throughEngine<T>(use: () => Promise<T>): Promise<T> {
    const parts = this.#parts();
    parts.makeTrainFunction = () => (data) => this.#trainOn(data);
    parts.makeTestFunction = () => {
      parts.testFunction = (data) => this.#test.callSync([data]) as tf.Tensor[];
    };
    const stopGathering = gatherRows();
    try {
      return await use();
    } finally {
      stopGathering();
      const own = parts as Partial<typeof parts>;
      delete own.makeTrainFunction;
      delete own.makeTestFunction;
      delete own.testFunction;
    }
  }

  #trainOn(data: (tf.Tensor | null)[]): tf.Tensor[] {
    const outputs = tf.tidy(() => this.#train.callSync(this.#stepArguments(data)) as tf.Tensor[]);
    stateOf(this.#optimizer()).incrementIterations();
    return outputs;
  }

  /** The data, the learning rate, and the settings that are part of the graph. */
  #stepArguments(data: (tf.Tensor | null)[]): unknown[] {
    const optimizer = this.#optimizer();
    return [data, tf.scalar(stateOf(optimizer).learningRate), settingsOf(optimizer)];
  }

  #optimizer(): tf.Optimizer {
    const { optimizer_: optimizer } = this.#parts();
    if (optimizer === undefined) throw new Error('Internal error: a model that is trained without an optimizer');
    return optimizer;
  }

  /** tfjs's own training step, with updates that are one operation each. */
  #traceStep(data: (tf.Tensor | null)[], rate: tf.Tensor): tf.Tensor[] {
    const parts = this.#parts();
    const { trace } = this.workshop;
    const optimizer = this.#optimizer();
    if (trace === undefined) throw new Error('Internal error: a training step outside of a trace');
    parts.optimizer_ = fusedOptimizer(optimizer, trace, rate);
    try {
      return this.#inLayers(() => ordinary(parts).makeTrainFunction.call(parts)(data));
    } finally {
      parts.optimizer_ = optimizer;
    }
  }

  #traceTest(data: (tf.Tensor | null)[]): tf.Tensor[] {
    const parts = this.#parts();
    const engines = parts.testFunction;
    // Sets the model's test function, which is put back.
    ordinary(parts).makeTestFunction.call(parts);
    const test = parts.testFunction;
    parts.testFunction = engines;
    return this.#inLayers(() => test(data));
  }

  /** The model that has the loss: a sequential one keeps another inside. */
  #parts(): ModelParts {
    return partsOf(this.model).model ?? partsOf(this.model);
  }

  #inLayers<T>(build: () => T): T {
    const { devices = {} } = this.options;
    const place = (layer: { readonly name: string }, part: () => unknown): unknown => {
      const device = devices[layer.name];
      return device === undefined ? part() : this.places.device(device, part);
    };
    return tracingLayers(this.model, place, build);
  }
}

/** What a model's class does, whatever this one overrides. */
const ordinary = (parts: ModelParts): ModelParts => Object.getPrototypeOf(parts) as ModelParts;
