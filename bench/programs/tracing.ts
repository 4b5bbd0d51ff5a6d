/** How long a user waits before the first step of WRN-73-4: tracing, opening the session, and its first run's preparation. */
import { openTracedEngine } from '../../harness/engine/traced/index.js';
import { initialise } from '../../harness/model/initialisation.js';
import { labelOf } from '../../experiments/warpnet/model/specification.js';
import { compileStep } from '../../harness/model/training-step.js';
import { declareVariables } from '../../harness/model/variables.js';
import { lossOf } from '../../harness/kinds/training/compiled-program.js';
import { imageSize, learningRate, modelOf, stepOptions, type Workload } from '../workloads.js';
import { againstGoal, printFigure, quick } from './print-figure.js';

const workload: Workload = {
  network: { family: 'wrn', unitsPerStage: quick ? 2 : 12, kw: quick ? 1 : 4, classes: 10 },
  layout: '[F1, F2]',
  // The smallest, so that the first run is its preparation and little else.
  batch: 1,
};
const { batch } = workload;
const images = new Float32Array(batch * imageSize ** 2 * 3).fill(1);
const labels = new Int32Array(batch);
const model = modelOf(workload);
const initial = initialise(model, 0);

const start = performance.now();
const engine = openTracedEngine({ devices: { kind: 'cpu' } });
const traced = modelOf(workload);
const step = compileStep(engine, traced, declareVariables(engine, traced, initial), { ...stepOptions, batch });
const tracing = performance.now() - start;
const timed = async (): Promise<number> => {
  const began = performance.now();
  await lossOf(step, { images, labels }, learningRate);
  return performance.now() - began;
};
const first = await timed();
const steady = Math.min(await timed(), await timed(), await timed());
engine.close();

const common = { benchmark: 'trace-wrn-73-4', network: labelOf(workload.network), batch, quantity: 'time' } as const;
printFigure(
  againstGoal({
    ...common,
    what: 'library, session and tracing, without drawing the initial weights',
    measured: tracing / 1000,
    unit: 's',
    goal: 2,
  }),
);
printFigure(
  againstGoal({
    ...common,
    benchmark: 'trace-and-first-run-wrn-73-4',
    what: 'the same with what the first run takes longer than the next',
    measured: (tracing + first - steady) / 1000,
    unit: 's',
    goal: 2,
  }),
);
