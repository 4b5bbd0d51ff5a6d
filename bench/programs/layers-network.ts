/** The networks as a user of TensorFlow.js writes them: a functional model of `tf.layers`. */
import * as tf from '@tensorflow/tfjs';
import { plainOperations } from '../../harness/engine/plain/operations.js';
import { unitName } from '../../experiments/warpnet/model/parameters.js';
import { isChain, stageChannels, stemChannels, unitsPerStage } from '../../experiments/warpnet/model/specification.js';
import type { LoadedWorkload } from '../workloads.js';

/** `v * 1[pre > 0]` for the inputs [v, pre], without a gradient to pre. */
class Mask extends tf.layers.Layer {
  static className = 'Mask';
  override computeOutputShape(shapes: tf.Shape | tf.Shape[]): tf.Shape {
    return (shapes as tf.Shape[])[0] ?? [];
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [v, pre] = inputs as [tf.Tensor, tf.Tensor];
    return plainOperations.mask(v, pre);
  }
}

/** A layer whose weights come first in `getWeights`, and their names in the workload. */
interface Weighted {
  readonly layer: tf.layers.Layer;
  readonly names: readonly string[];
}

/** Builds, fills and compiles the model: L2 decay on every weight as regularisers, momentum as its optimizer. */
export function layersModel(workload: LoadedWorkload): tf.LayersModel {
  const builder = new Builder(workload);
  const model = builder.model();
  builder.fill();
  model.compile({
    optimizer: tf.train.momentum(workload.learningRate, workload.momentum),
    loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits),
    // The loss without the decay, to be compared.
    metrics: [(labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)],
  });
  return model;
}

class Builder {
  readonly #weighted: Weighted[] = [];
  readonly #regularizer: ReturnType<typeof tf.regularizers.l2>;

  constructor(private readonly workload: LoadedWorkload) {
    // The gradient of l2 w^2 is 2 l2 w.
    this.#regularizer = tf.regularizers.l2({ l2: workload.weightDecay / 2 });
  }

  model(): tf.LayersModel {
    const { network, imageSize } = this.workload;
    const images = tf.input({ shape: [imageSize, imageSize, 3] });
    let x = relu(this.#norm('stem/norm', this.#convolution('stem/convolution', stemChannels)(images)));
    let width = stemChannels;
    for (const [index, channels] of stageChannels(network.kw).entries()) {
      if (index > 0) x = apply(tf.layers.averagePooling2d({ poolSize: 2, strides: 2 }), x);
      const copies = channels / width;
      if (copies > 1) x = apply(tf.layers.concatenate({ axis: 3 }), Array<tf.SymbolicTensor>(copies).fill(x));
      x = this.#stage(index + 1, channels, x);
      width = channels;
    }
    const pooled = apply(tf.layers.globalAveragePooling2d({}), relu(this.#norm('head/norm', x)));
    const classifier = tf.layers.dense({
      units: network.classes,
      kernelRegularizer: this.#regularizer,
      biasRegularizer: this.#regularizer,
    });
    this.#weighted.push({ layer: classifier, names: ['classifier/weights', 'classifier/bias'] });
    return tf.model({ inputs: images, outputs: apply(classifier, pooled) });
  }

  /** Sets the initial weights. Running averages come after scale and offset, and stay as they are. */
  fill(): void {
    for (const { layer, names } of this.#weighted) {
      const weights = names.map((name) => {
        const value = this.workload.initial.get(name);
        const shape = this.workload.weights.find((one) => one.name === name)?.shape;
        if (!value || !shape) throw new Error(`Internal error: the workload has no ${name}`);
        return tf.tensor(value, [...shape]);
      });
      layer.setWeights([...weights, ...layer.getWeights().slice(weights.length)]);
      tf.dispose(weights);
    }
  }

  #stage(stage: number, channels: number, input: tf.SymbolicTensor): tf.SymbolicTensor {
    const { network } = this.workload;
    const units = Array.from({ length: unitsPerStage(network) }, (_, index) =>
      this.#unit(unitName(stage, index + 1), channels),
    );
    if (isChain(network)) return units.reduce((x, unit) => sum([x, unit.branch(x)]), input);
    if (network.K !== 2) throw new Error('Internal error: only K = 2 is compared');
    let x = input;
    for (let first = 0; first < units.length; first += 2) {
      const [one, two] = units.slice(first, first + 2);
      if (!one || !two) throw new Error('Internal error: a warp layer without its two units');
      const branch = one.branch(x);
      x = sum([x, branch, two.branch(x), two.derivative(x, network.family === 'warpnet1' ? x : branch)]);
    }
    return x;
  }

  /** `F(x)` and `F'(x1) v` of one unit, on the same kernels. */
  #unit(name: string, channels: number) {
    const convolutionA = this.#convolution(`${name}/convolutionA`, channels);
    const convolutionB = this.#convolution(`${name}/convolutionB`, channels);
    return {
      branch: (x: tf.SymbolicTensor): tf.SymbolicTensor => {
        const inner = relu(this.#norm(`${name}/normB`, convolutionA(this.#norm(`${name}/normA`, x))));
        return this.#norm(`${name}/normC`, convolutionB(inner));
      },
      derivative: (x1: tf.SymbolicTensor, v: tf.SymbolicTensor): tf.SymbolicTensor => {
        // With v = x1, v * 1[v > 0] is ReLU.
        if (v === x1) return convolutionB(relu(convolutionA(x1)));
        return convolutionB(apply(new Mask({}), [convolutionA(v), convolutionA(x1)]));
      },
    };
  }

  /** A 3x3 convolution, to be applied as often as wanted. */
  #convolution(name: string, filters: number): (x: tf.SymbolicTensor) => tf.SymbolicTensor {
    const layer = tf.layers.conv2d({
      filters,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelRegularizer: this.#regularizer,
    });
    this.#weighted.push({ layer, names: [name] });
    return (x) => apply(layer, x);
  }

  #norm(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    const { epsilon, batchNormDecay } = this.workload;
    const layer = tf.layers.batchNormalization({
      epsilon,
      momentum: batchNormDecay,
      gammaRegularizer: this.#regularizer,
      betaRegularizer: this.#regularizer,
    });
    this.#weighted.push({ layer, names: [`${name}/scale`, `${name}/offset`] });
    return apply(layer, x);
  }
}

const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
  layer.apply(x) as tf.SymbolicTensor;
const relu = (x: tf.SymbolicTensor): tf.SymbolicTensor => apply(tf.layers.reLU(), x);
const sum = (terms: tf.SymbolicTensor[]): tf.SymbolicTensor => apply(tf.layers.add(), terms);
