/** Resident memory over thousands of steps of a tiny network: a leak of a kilobyte a step would show. */
import { readFileSync } from 'node:fs';
import { median } from 'simple-statistics';
import { openTracedEngine } from '../../harness/engine/traced/index.js';
import { initialise } from '../../harness/model/initialisation.js';
import { labelOf } from '../../experiments/warpnet/model/specification.js';
import { compileStep } from '../../harness/model/training-step.js';
import { declareVariables } from '../../harness/model/variables.js';
import { lossOf } from '../../harness/kinds/training/compiled-program.js';
import { learningRate, modelOf, stepOptions, type Workload } from '../workloads.js';
import { printFigure, quick } from './print-figure.js';

const steps = quick ? 300 : 5000;
/** Buffers, thread pools and V8's heap have their size by then. */
const settled = steps / 5;
const imageSize = 8;
const workload: Workload = {
  network: { family: 'wrn', unitsPerStage: 1, kw: 1, classes: 10 },
  layout: '[F1]',
  batch: 4,
};
const { batch } = workload;
const model = modelOf(workload);
const engine = openTracedEngine({ devices: { kind: 'cpu' } });
const variables = declareVariables(engine, model, initialise(model, 0));
const step = compileStep(engine, model, variables, { ...stepOptions, batch, imageSize });

/** VmRSS, bytes, with V8's garbage gone. */
function residentBytes(): number {
  globalThis.gc?.();
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (resident === undefined) throw new Error('this machine does not tell the memory of a process (/proc/self/status)');
  return 1024 * Number(resident);
}

/** Median milliseconds of so many steps, with fresh arrays as training has them. */
async function run(count: number): Promise<number> {
  const milliseconds: number[] = [];
  for (let done = 0; done < count; done++) {
    const images = new Float32Array(batch * imageSize ** 2 * 3).fill(1 + (done % 3));
    const start = performance.now();
    await lossOf(step, { images, labels: new Int32Array(batch) }, learningRate);
    milliseconds.push(performance.now() - start);
  }
  return median(milliseconds);
}

await run(settled / 2);
const early = await run(settled / 2);
const before = residentBytes();
await run(steps - settled - settled / 2);
const late = await run(settled / 2);
const after = residentBytes();
engine.close();

const megabyte = 2 ** 20;
printFigure({
  benchmark: `memory-growth-${steps}-steps`,
  peer: `itself after ${settled} steps`,
  network: labelOf(workload.network),
  batch,
  ratioTime: late / early,
  ratioMemory: after / before,
  what: `resident memory gained between steps ${settled} and ${steps}, of ${(before / megabyte).toFixed(0)} MiB`,
  measured: (after - before) / megabyte,
  unit: 'MiB',
  // A kilobyte a step would be 4 MiB; the allocator's own breathing is below that.
  goal: 4,
});
