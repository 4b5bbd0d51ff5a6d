/** The project's own step: `node traced.js <workload folder> [devices] [deterministic]`; all cores where no devices are named. */
import { compileStep, declareVariables } from '../../harness/model/training-step.js';
import { lossOf, parameterCount } from '../../harness/kinds/training/compiled-program.js';
import { openEngine } from '../../harness/run/worker/open-engine.js';
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
  parameters: parameterCount(network),
  step: () => lossOf(step, workload, workload.learningRate),
});
engine.close();
