/**
 * The operations of one training step of any network, layout and protocol, with shapes, bytes and FLOPs: what the traced
 * engine would record, written down from the method alone, so that layouts can be priced without an engine.
 */
import type { StepGraph } from '../../engine/step-graph.js';
import { Problem } from '../../core/problem.js';
import { devicesOf, type Layout } from '../../../experiments/warpnet/layouts/layout.js';
import { unitsPerStage, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import {
  averagePool,
  convolution,
  dense,
  crossEntropySum,
  scaleLoss,
  relu,
  reshape,
  widen,
  add,
} from './primitives.js';
import {
  batchNorm,
  normWeights,
  residualBranch,
  unitWeights,
  weightsOf,
  withoutStatistics,
  type BuildOptions,
} from './residual-unit.js';
import { StepRecorder, type Symbolic } from './recorder.js';
import { updateWeights } from './update.js';
import { warpLayer, type OperatorLayout } from './warp-layer.js';

/**
 * One training step. Bytes and shapes are float32, [batch, height, width, channels]; operations in program order.
 * @throws Problem LAYOUT_MISMATCH where the layout is of another family than the network, or the batch cannot be cut.
 */
export function networkStepGraph(
  network: NetworkSpecification,
  layout: Layout,
  options: BuildOptions,
  batch: number,
): StepGraph {
  const recorder = new StepRecorder(devicesOf(layout));
  if (layout.kind === 'data-parallel') dataParallelStep(recorder, network, layout.replicas, options, batch);
  else singleCopyStep(recorder, network, layout, options, batch);
  return recorder.graph();
}

/** Steps with the same key have the same graph: a WRN's does not depend on how `F'` is read. */
export function stepGraphKey(
  network: NetworkSpecification,
  layout: Layout,
  { derivative, derivativeTerms, widening, batchNorm, batchNormEvaluation }: BuildOptions,
  batch: number,
): string {
  const reading = network.family === 'wrn' ? [] : [derivative, derivativeTerms];
  return JSON.stringify([network, layout, batch, widening, batchNorm, batchNormEvaluation, ...reading]);
}

function singleCopyStep(
  r: StepRecorder,
  network: NetworkSpecification,
  layout: OperatorLayout,
  options: BuildOptions,
  batch: number,
): void {
  const images = r.emitOne('Placeholder', [], [batch, 32, 32, 3]);
  const labels = r.emitOne('Placeholder', [], [batch]);
  const weights: Symbolic[] = [];
  const layers = warpLayers(network, layout, options);
  const logits = forward(r, network, options, images, weights, layers);
  const loss = scaleLoss(r, crossEntropySum(r, logits, labels));
  updateWeights(r, [weights], r.gradients(loss));
}

function dataParallelStep(
  r: StepRecorder,
  network: NetworkSpecification,
  replicas: number,
  options: BuildOptions,
  batch: number,
): void {
  if (network.family !== 'wrn' || batch % replicas !== 0)
    throw new Problem(
      'LAYOUT_MISMATCH',
      `Data parallelism needs a WRN and a batch that ${replicas} divides, not ${network.family} with batch ${batch}`,
    );
  const part = batch / replicas;
  const cut = (tensor: Symbolic): Symbolic[] => {
    if (replicas === 1) return [tensor];
    const shape = [part, ...tensor.shape.slice(1)];
    return r.emit('SplitV', [tensor], new Array<Symbolic['shape']>(replicas).fill(shape));
  };
  const images = r.emitOne('Placeholder', [], [batch, 32, 32, 3]);
  const labels = r.emitOne('Placeholder', [], [batch]);
  const copies: Symbolic[][] = [];
  const logits = cut(images).map((images, replica) => {
    // Running averages are kept from the first replica alone.
    const own = replica === 0 ? options : withoutStatistics(options);
    const weights: Symbolic[] = [];
    copies.push(weights);
    return r.onDevice(replica, () => forward(r, network, own, images, weights, chain(network, own)));
  });
  const parts = cut(labels);
  const losses = logits.map((own, replica) =>
    r.onDevice(replica, () => scaleLoss(r, crossEntropySum(r, own, parts[replica] ?? labels))),
  );
  updateWeights(r, copies, r.gradients(losses.reduce((total, loss) => add(r, total, loss))));
}

/** Builds the units of one stage; `record` keeps what the update needs. */
type StageBuilder = (r: StepRecorder, x: Symbolic, channels: number, record: (weights: Symbolic[]) => void) => Symbolic;

function forward(
  r: StepRecorder,
  network: NetworkSpecification,
  options: BuildOptions,
  images: Symbolic,
  weights: Symbolic[],
  stage: StageBuilder,
): Symbolic {
  const record = (more: Symbolic[]): void => void weights.push(...more);
  const stemKernel = r.variable([3, 3, 3, 16]);
  const stemNorm = normWeights(r, 16);
  record([stemKernel, stemNorm.scale, stemNorm.offset]);
  let x = relu(r, batchNorm(r, convolution(r, images, stemKernel), stemNorm, options));
  for (const [index, copies] of [network.kw, 2, 2].entries()) {
    if (index > 0) x = averagePool(r, x, 2);
    x = widen(r, x, copies, options.widening);
    x = stage(r, x, 16 * network.kw * 2 ** index, record);
  }
  const channels = 64 * network.kw;
  const headNorm = normWeights(r, channels);
  const classifier = r.variable([channels, network.classes]);
  const bias = r.variable([network.classes]);
  record([headNorm.scale, headNorm.offset, classifier, bias]);
  const pooled = averagePool(r, relu(r, batchNorm(r, x, headNorm, options)), 8);
  const features = reshape(r, pooled, [images.shape[0] ?? 1, channels]);
  return dense(r, features, classifier, bias);
}

/** The WRN: units one after another on the current device. */
function chain(network: NetworkSpecification, options: BuildOptions): StageBuilder {
  return (r, input, channels, record) => {
    let x = input;
    for (let unit = 0; unit < unitsPerStage(network); unit++) {
      const weights = unitWeights(r, channels);
      record(weightsOf(weights));
      x = add(r, x, residualBranch(r, x, weights, options).output);
    }
    return x;
  };
}

function warpLayers(network: NetworkSpecification, layout: OperatorLayout, options: BuildOptions): StageBuilder {
  if (network.family === 'wrn') return chain(network, options);
  return (r, input, channels, record) => {
    let x = input;
    for (let layer = 0; layer < network.Nwarp; layer++)
      x = warpLayer(r, x, network.K, channels, layout, options, record);
    return x;
  };
}
