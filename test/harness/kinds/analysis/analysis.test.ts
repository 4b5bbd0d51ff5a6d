/** Analyses of weights: what decides their numbers, and how they are made in the worker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sum, square, type Scalar } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetChecksum } from '../../../../datasets/open.js';
import {
  analysis,
  readResult,
  type AnalysisJob,
  type AnalysisResult,
  type Job,
} from '../../../../harness/kinds/index.js';
import { runAnalysis } from '../../../../harness/kinds/analysis/run.js';
import { jobId } from '../../../../harness/kinds/identity.js';
import type { Analysis } from '../../../../harness/plan/paper/analysis.js';
import { Papers } from '../../../../harness/plan/paper/papers.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { analysisJob } from '../../../support/jobs.js';
import { warpnet, warpnetNetwork } from '../../../support/papers.js';
import { attempt, events, execution, read, runFolder } from '../../../support/run-folders.js';

const never = new AbortController().signal;
const quiet = () => undefined;
const how = (attempted = 1) =>
  execution({ engine: 'traced', devices: 'cpu:1', dataCache: tmpdir(), attempt: attempted });

/** Graphs are built and 512 images evaluated, on a machine that others may use: a limit, not a wait. */
const patience = 240_000;

/** The norm of the classifier's weights: cheap, and another one after each step. */
const sizes: Analysis = {
  name: 'sizes',
  describes: 'the norm of the classifier',
  load: async () => (network) => {
    const { engine, model, variables } = network;
    const at = model.parameters.findIndex(({ name }) => name === 'classifier/weights');
    const weights = variables.weights[at];
    if (weights === undefined) throw new Error('No classifier');
    const compiled = engine.compile('sizes', [], (_, access) => [sum<Scalar>(square(access.read(weights)))]);
    return async (batches) => {
      const [value] = await compiled.run();
      return batches.map(({ labels }, sample) => ({
        ...{ quantity: 'size', place: 'classifier', variant: '', unit: 'ratio', sample },
        value: (value?.[0] ?? NaN) + labels.length,
      }));
    };
  },
};
const paper = { ...warpnet, analyses: [...warpnet.analyses, sizes] };
const worker = { papers: new Papers([paper]) };

let dataChecksum = '';
/** The folder of a run that nothing disturbed. */
let undisturbed = '';
beforeAll(async () => {
  dataChecksum = await datasetChecksum('synthetic', { cacheFolder: tmpdir(), trainImages: 64 });
  await warpnet.loadModels();
  undisturbed = mkdtempSync(join(tmpdir(), 'undisturbed-'));
  writeFileSync(runFile(undisturbed, 'job'), JSON.stringify(small()));
  attempt(undisturbed, how());
  expect(await runJob(undisturbed, worker, never, quiet)).toBe('finished');
}, patience);
afterAll(() => {
  rmSync(undisturbed, { recursive: true, force: true });
});

const small = (changes: Partial<AnalysisJob> = {}): AnalysisJob =>
  analysisJob({
    ...{ dataChecksum, trainImages: 64, measurements: ['sizes'], at: [0, 2, 4], batches: 2, batch: 6 },
    training: { ...analysisJob().training, steps: 4, batch: 8, learningRate: 0.02, dropSteps: [], evaluateEvery: 4 },
    ...changes,
  });

function resultOf(folder: string): AnalysisResult {
  const result = readResult(JSON.parse(read(folder, 'result')));
  if (result.kind !== 'analysis') throw new Error('not a result of an analysis');
  return result;
}

describe('the id of an analysis', () => {
  const idOf = (changes: Partial<AnalysisJob>): string => jobId(warpnet, analysisJob(changes));

  it.each([
    ['what is measured', { measurements: ['paths'] }],
    ['when', { at: [0] }],
    ['on how many batches', { batches: 3 }],
    ['of what size', { batch: 9 }],
    ['the training', { training: { ...analysisJob().training, seed: 1 } }],
  ])('depends on %s', (_, changes) => {
    expect(idOf(changes)).not.toBe(idOf({}));
  });

  it('depends on no option of networks that are not trained', () => {
    const { protocol } = analysisJob();
    expect(idOf({ protocol: { ...protocol, derivative: 'released' } })).toBe(idOf({}));
  });
});

it('is refused where its paper has no such analysis', () => {
  expect(() =>
    analysis.read(warpnet, {
      ...analysisJob(),
      network: analysisJob().network.specification,
      measurements: ['colours'],
    }),
  ).toThrow(expect.objectContaining({ code: 'ANALYSIS_UNKNOWN' }));
});

describe('an analysis in the worker', { timeout: patience }, () => {
  it('measures before, during and after the training, on every batch', () => {
    const { rows, last } = resultOf(undisturbed);
    expect(rows.map(({ step, sample }) => [step, sample])).toEqual(
      [0, 2, 4].flatMap((step) => [
        [step, 0],
        [step, 1],
      ]),
    );
    expect(new Set(rows.map(({ value }) => value)).size).toBe(3);
    expect(last.step).toBe(4);
  });

  it('leaves the training as it is without it', async () => {
    const { id, title, paper: of, protocol, network, dataset, training, replicas } = small();
    const setup = {
      id,
      title,
      paper: of,
      protocol,
      network,
      dataset,
      dataChecksum,
      trainImages: 64,
      training,
      replicas,
    };
    const trained = runFolder({ ...setup, kind: 'error' }, how());
    await runJob(trained, worker, never, quiet);
    const result = readResult(JSON.parse(read(trained, 'result')));
    expect(result).toMatchObject({ finalLoss: resultOf(undisturbed).finalLoss, last: resultOf(undisturbed).last });
  });

  it('gives, after a stop in the middle, what it gives undisturbed', async () => {
    const folder = runFolder(small(), how());
    const stop = new AbortController();
    const stopping = (job: Job, context: Parameters<typeof runAnalysis>[1]) => {
      if (!analysis.is(job)) throw new Error('not an analysis');
      let measured = 0;
      const tell: typeof context.tell = (event) => {
        context.tell(event);
        // At step 2, before its third measurement.
        if (event.type === 'phase' && event.phase === 'analysing' && ++measured === 2) stop.abort();
      };
      return runAnalysis(job, { ...context, tell });
    };
    expect(await runJob(folder, { ...worker, run: stopping }, stop.signal, quiet)).toBe('stopped');
    attempt(folder, how(2));
    expect(await runJob(folder, worker, never, quiet)).toBe('finished');
    expect(events(folder).filter(({ type }) => type === 'resumed')).toHaveLength(1);
    expect(JSON.stringify(resultOf(folder).rows)).toBe(JSON.stringify(resultOf(undisturbed).rows));
  });

  it('is told that the images do not suffice', async () => {
    const folder = runFolder(small({ batches: 40 }), how());
    expect(await runJob(folder, worker, never, quiet)).toBe('failed');
    expect(JSON.parse(read(folder, 'failure'))).toMatchObject({ code: 'IMAGES_TOO_FEW' });
  });
});

it('measures WRNs to the same byte in two runs on cpu:1', { timeout: patience }, async () => {
  const job = small({
    network: warpnetNetwork({ family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 }),
    ...{ measurements: ['remainder'], at: [0, 1] },
    training: { ...small().training, steps: 1 },
  });
  const [first, second] = [runFolder(job, how()), runFolder(job, how())];
  expect(await runJob(first, worker, never, quiet)).toBe('finished');
  expect(await runJob(second, worker, never, quiet)).toBe('finished');
  expect(JSON.stringify(resultOf(first).rows)).toBe(JSON.stringify(resultOf(second).rows));
  expect(resultOf(first).rows.length).toBeGreaterThan(100);
});
