/** The project's own step: `node traced.js <workload folder>`. */
import { openTracedEngine } from '../../harness/engine/traced/index.js';
import { compileStep, declareVariables } from '../../harness/network/training-step.js';
import { lossOf, parameterCount } from '../../harness/train/compiled-program.js';
import { networkOf, readWorkload, stepOptions } from '../workloads.js';
import { serve } from './serve.js';

const workload = readWorkload(process.argv[2] ?? '');
const network = networkOf(workload);
const engine = openTracedEngine({ devices: { kind: 'cpu' } });
const variables = declareVariables(engine, network, workload.initial);
const step = compileStep(engine, network, variables, { ...stepOptions, batch: workload.batch });
await serve({
  parameters: parameterCount(network),
  step: () => lossOf(step, workload, workload.learningRate),
});
engine.close();
