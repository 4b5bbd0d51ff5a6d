/** The share of a training's time in which the device waits for the next batch: a real job, as its worker trains it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { openDataset } from '../../datasets/open.js';
import { papers } from '../../experiments/index.js';
import { warpnet } from '../../experiments/warpnet/index.js';
import type { TrainingJob } from '../../harness/kinds/index.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { storedNetwork } from '../../harness/plan/paper/paper.js';
import { inProject } from '../../harness/core/project.js';
import type { Execution } from '../../harness/store/execution.js';
import { runFile } from '../../harness/store/run-folder.js';
import { runJob } from '../../harness/run/worker/run-job.js';
import { printFigure, quick } from './print-figure.js';

const dataset = quick ? 'synthetic' : 'fashion-mnist';
const batch = quick ? 16 : 128;
const steps = quick ? 20 : 60;
/** The first steps fill the pipeline and TensorFlow's pools. */
const warmup = 5;
const dataCache = inProject('datasets', 'cache');

const images = await openDataset(dataset, { cacheFolder: dataCache, trainImages: null });
const job: TrainingJob = {
  kind: 'error',
  id: `e-${'0'.repeat(16)}`,
  title: 'input pipeline',
  paper: warpnet.id,
  network: storedNetwork(warpnet, { family: 'wrn', unitsPerStage: 2, kw: quick ? 1 : 2, classes: images.classes }),
  dataset,
  dataChecksum: images.checksum,
  trainImages: null,
  protocol: new ExperimentFolder(warpnet).protocol('paper'),
  training: {
    steps,
    batch,
    learningRate: 0.01,
    dropSteps: [],
    dropFactor: 1,
    weightDecay: 0.0005,
    evaluateEvery: steps,
    seed: 0,
  },
  replicas: 1,
};
await images.close();
const execution: Execution = {
  devices: 'cpu',
  engine: 'traced',
  attempt: 1,
  dataCache,
  checkpointSeconds: 0,
  deterministic: false,
  tf32: false,
  trace: false,
  tensorboard: false,
};

const folder = mkdtempSync(join(tmpdir(), 'warpnet-bench-'));
try {
  mkdirSync(folder, { recursive: true });
  writeFileSync(runFile(folder, 'job'), JSON.stringify(job));
  writeFileSync(runFile(folder, 'execution'), JSON.stringify(execution));
  const outcome = await runJob(folder, { papers }, new AbortController().signal, (line) => {
    process.stderr.write(`${line}\n`);
  });
  if (outcome !== 'finished') throw new Error(`the training ${outcome}`);
  const rows: Record<string, string>[] = parse(readFileSync(runFile(folder, 'steps')), { columns: true });
  const total = (column: string): number =>
    rows.slice(warmup).reduce((sum, row) => sum + Number(row[column] ?? Number.NaN), 0);
  const [all, idle] = [total('milliseconds'), total('idleMilliseconds')];
  printFigure({
    benchmark: 'input-pipeline-idle',
    peer: 'batches that cost nothing',
    network: job.network.label,
    batch,
    ratioTime: all / (all - idle),
    ratioMemory: null,
    what: `share of ${steps - warmup} steps' time that the device waits for crop, flip and standardisation`,
    measured: (100 * idle) / all,
    unit: '%',
    goal: 1,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
