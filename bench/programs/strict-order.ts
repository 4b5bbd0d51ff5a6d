/**
 * What the strict order of `cpu:2` (one op at a time per device, in program order) costs: the measured step over a list
 * schedule that always starts the ready op with the longest remaining path, with the same op times and free links.
 */
import { median } from 'simple-statistics';
import { openTracedEngine } from '../../harness/engine/traced/index.js';
import { parseLayout } from '../../experiments/warpnet/layouts/layout.js';
import { initialise } from '../../harness/model/initialisation.js';
import { buildModel } from '../../experiments/warpnet/model/network.js';
import { randomStream } from '../../harness/model/random.js';
import { labelOf } from '../../experiments/warpnet/model/specification.js';
import { compileStep } from '../../harness/model/training-step.js';
import { declareVariables } from '../../harness/model/variables.js';
import { allToAll } from '../../harness/project/schedule/links.js';
import { prepareGraph } from '../../harness/project/schedule/prepared-graph.js';
import { simulate } from '../../harness/project/schedule/simulate.js';
import { imageSize, networkOptions, stepOptions } from '../workloads.js';
import { printFigure, quick } from './print-figure.js';

const [batch, steps] = quick ? [4, 4] : [64, 20];
const network = { family: 'warpnet1', K: 2, Nwarp: quick ? 1 : 3, kw: 1, classes: 10 } as const;
// The released derivative divides the work most evenly, so that waiting shows.
const options = { ...networkOptions, derivative: 'released', batchNormEvaluation: 'batch' } as const;

const engine = openTracedEngine({ devices: { kind: 'cores', count: 2 } });
const model = buildModel(network, options, parseLayout("[F1] [F2, F2'x1]"));
const variables = declareVariables(engine, model, initialise(model, 0));
const step = compileStep(engine, model, variables, { ...stepOptions, batch });
const { normal } = randomStream(0, 'bench');
const images = Float32Array.from({ length: batch * imageSize ** 2 * 3 }, normal);
const feeds = [images, new Int32Array(batch), Float32Array.of(0.01)];

await step.run(...feeds);
await step.run(...feeds);
const profile = await step.profile(steps, feeds);
engine.close();

// An op's time is its median over the steps; one that TensorFlow folded away has none.
const durations = Float64Array.from(profile.graph.operations, (_, operation) => {
  const times = profile.duration.map((each) => each[operation] ?? Number.NaN).filter((time) => time >= 0);
  return times.length === 0 ? 0 : median(times);
});
const prepared = prepareGraph(profile.graph);
const topology = allToAll(2, { latency: 0, bandwidth: Infinity });
const scheduled = (order: 'program' | 'critical-path'): number =>
  simulate(prepared, durations, { topology, order }).stepTime;
const measured = median([...profile.span]);
const best = scheduled('critical-path');
const common = {
  peer: 'simulated list schedule, longest remaining path first',
  network: labelOf(network),
  batch,
  ratioMemory: null,
  unit: '%',
  goal: 5,
};
printFigure({
  ...common,
  benchmark: 'strict-order-cpu2',
  ratioTime: measured / best,
  what: 'a step as it ran over the best schedule of the same op times',
  measured: 100 * (measured / best - 1),
});
printFigure({
  ...common,
  benchmark: 'strict-order-cpu2-order-alone',
  ratioTime: scheduled('program') / best,
  what: 'both simulated: what program order alone costs, without the time between ops',
  measured: 100 * (scheduled('program') / best - 1),
});
