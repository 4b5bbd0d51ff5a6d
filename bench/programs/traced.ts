/** The project's own step: `node traced.js <workload folder> [devices] [deterministic]`; all cores where no devices are named. */
import { parameterCount } from '../../harness/model/model.js';
import { compileStep } from '../../harness/model/training-step.js';
import { declareVariables } from '../../harness/model/variables.js';
import { lossOf } from '../../harness/kinds/training/compiled-program.js';
import { openEngine } from '../../harness/kinds/engine/open-engine.js';
import { modelOf, readWorkload, stepOptions } from '../workloads.js';
import { serve } from './serve.js';

const [, , folder = '', devices = 'cpu', deterministic] = process.argv;
const workload = readWorkload(folder);
const model = modelOf(workload);
const { engine } = await openEngine({
  devices,
  engine: 'traced',
  deterministic: deterministic === 'deterministic',
  tf32: false,
});
const variables = declareVariables(engine, model, workload.initial);
const step = compileStep(engine, model, variables, { ...stepOptions, batch: workload.batch });
await serve({
  parameters: parameterCount(model),
  step: () => lossOf(step, workload, workload.learningRate),
});
engine.close();
