/** The project's own step: `node traced.js <workload folder> [devices] [deterministic]`; all cores where no devices are named. */
import { compileStep, declareVariables } from '../../harness/network/training-step.js';
import { trainedValues } from '../../harness/network/parameters.js';
import { lossOf } from '../../harness/train/compiled-program.js';
import { openEngine } from '../../harness/train/open-engine.js';
import { networkOf, readWorkload, stepOptions } from '../workloads.js';
import { serve } from './serve.js';

const [, , folder = '', devices = 'cpu', deterministic] = process.argv;
const workload = readWorkload(folder);
const network = networkOf(workload);
const { engine } = await openEngine({
  devices,
  engine: 'traced',
  deterministic: deterministic === 'deterministic',
  tf32: false,
});
const variables = declareVariables(engine, network, workload.initial);
const step = compileStep(engine, network, variables, { ...stepOptions, batch: workload.batch });
await serve({
  parameters: trainedValues(network.parameters),
  step: () => lossOf(step, workload, workload.learningRate),
});
engine.close();
