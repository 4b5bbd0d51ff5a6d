import { describe, expect, it } from 'vitest';
import type { Job, TrainingJob, TimingJob } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { canonicalJson } from '../../../harness/plan/canonical-json.js';
import { explainDifference, jobId, jobIdentity, underTodaysNames } from '../../../harness/kinds/identity.js';
import { parseOverrides } from '../../../harness/plan/profile/overrides.js';
import { fourCards } from '../../support/machines.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = warpnetFolder();

function jobsWith(settings: readonly string[], protocol = 'paper'): readonly Job[] {
  return expand({
    matrices: warpnet.tables.map((name) => folder.matrix(name)),
    profile: 'paper',
    protocols: [protocol],
    overrides: parseOverrides(warpnet, settings),
    machine: fourCards,
    sizeOf,
    folder,
  }).jobs;
}

/** As a timing on cards was before turns were counted in seconds. */
const byStepsAlone = (job: Job): Job =>
  job.kind === 'timing' ? { ...job, warmupSeconds: undefined, turnSeconds: undefined } : job;

/** Which part of the work a job is, for the table below. */
function partOf(job: Job): string {
  if (job.kind === 'timing') {
    const warp = job.rows.filter(({ network }) => network.specification.family !== 'wrn');
    if (warp.length === 0) return 'timing of data parallelism';
    const repeats = warp.some(
      ({ network: { specification } }) => specification.family === 'warpnet1' && specification['K'] === 3,
    );
    return repeats ? 'timing with K = 3' : 'timing with K = 2';
  }
  if (job.kind !== 'error') return 'operations';
  if (job.replicas > 1) return 'data-parallel error';
  const { family, ['K']: K } = job.network.specification;
  return family === 'wrn' ? 'WRN error' : `${family} K = ${String(K)} error`;
}

const timings = ['timing of data parallelism', 'timing with K = 2', 'timing with K = 3'];
const wrnErrors = ['WRN error', 'data-parallel error'];
const warpErrors = ['warpnet1 K = 2 error', 'warpnet1 K = 3 error', 'warpnet2 K = 2 error', 'warpnet2 K = 3 error'];
const errors = [...wrnErrors, ...warpErrors];
const warpTimings = timings.slice(1);

describe('changing one option changes the ids of the jobs that it decides, and no others', () => {
  const before = jobsWith([]);
  const known = new Set(before.map(({ id }) => id));

  it('has jobs of every kind', () => {
    expect([...new Set(before.map(partOf))].sort()).toEqual([...errors, ...timings].sort());
  });

  it.each<[string, string[]]>([
    ['derivative=R3', [...warpErrors, ...warpTimings]],
    ['derivativeTerms=per-pair', ['warpnet1 K = 3 error', 'timing with K = 3']],
    ['widening=zeros', [...errors, ...timings]],
    ['batchNorm=moments', [...errors, ...timings]],
    ['batchNormEpsilon=0.00001', errors],
    ['batchNormEvaluation=batch', [...errors, ...timings]],
    ['batchNormDecay=0.99', errors],
    ['batchNormReplicas=synchronised', ['data-parallel error', 'timing of data parallelism']],
    ['momentum=0.8', errors],
    ['nesterov=true', [...errors, ...timings]],
    ['initialisation=released', errors],
    ['weightDecayScope=all', [...errors, ...timings]],
    ['learningRateDrops=released', errors],
    ['batches=window', errors],
    ['cropPadding=3', errors],
    ['cropOffsets=5', errors],
    ['paddingMode=reflect', errors],
    ['flipProbability=0', errors],
    ['whitening=per-channel', errors],
    ['sampledEvaluation=1000', errors],
    ['training.steps=100', errors],
    ['training.learningRate=0.05', errors],
    ['timing.rounds=3', timings],
    ['timing.inputPipeline=true', timings],
  ])('%s', (setting, expected) => {
    const after = jobsWith([setting]);
    const renewed = new Set(after.filter(({ id }) => !known.has(id)).map(partOf));
    const kept = new Set(after.filter(({ id }) => known.has(id)).map(partOf));
    expect([...renewed].sort()).toEqual([...expected].sort());
    // ImageNet32 has no released schedule: those jobs stay.
    if (setting !== 'learningRateDrops=released') for (const kind of expected) expect(kept).not.toContain(kind);
  });

  it('an option set to what it is changes nothing', () => {
    expect(jobsWith(['derivative=R1', 'momentum=0.9']).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it('an option that cannot matter changes nothing', () => {
    const evaluated = jobsWith(['batchNormDecay=0.5'], 'released-code').map(({ id }) => id);
    expect(evaluated).toEqual(jobsWith([], 'released-code').map(({ id }) => id));
    const uncropped = ['cropPadding=0', 'cropOffsets=1'];
    expect(jobsWith([...uncropped, 'paddingMode=reflect']).map(({ id }) => id)).toEqual(
      jobsWith(uncropped).map(({ id }) => id),
    );
  });

  it('augmentation decides a timing only where the input pipeline is timed', () => {
    const timed = (settings: string[]): string[] =>
      jobsWith(settings).flatMap((job) => (job.kind === 'timing' ? [job.id] : []));
    expect(timed(['flipProbability=0'])).toEqual(timed([]));
    expect(timed(['timing.inputPipeline=true', 'flipProbability=0'])).not.toEqual(timed(['timing.inputPipeline=true']));
  });

  it('another protocol trains a WRN anew only for what differs', () => {
    const [fused, moments] = ['released-code-fused', 'released-code'].map((name) => jobsWith([], name));
    expect(fused?.some(({ id }) => moments?.some((job) => job.id === id))).toBe(false);
    const back = jobsWith(['batchNorm=moments'], 'released-code-fused').map(({ id }) => id);
    expect(back).toEqual(moments?.map(({ id }) => id));
  });
});

describe('an id', () => {
  const jobs = jobsWith([]);
  const error = jobs.find(
    (job): job is TrainingJob => job.kind === 'error' && job.network.specification.family === 'warpnet1',
  );
  const timing = jobs.find((job): job is TimingJob => job.kind === 'timing');
  if (error === undefined || timing === undefined) throw new Error('no jobs');

  it('is 16 hexadecimal digits, and no two jobs have the same', () => {
    for (const { id } of jobs) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(jobs.map((job) => canonicalJson(jobIdentity(warpnet, job)))).size).toBe(jobs.length);
  });

  it('does not depend on titles, names of protocols, or the order of keys', () => {
    const renamed = { ...error, title: 'x', protocol: { ...error.protocol, name: 'x' } };
    expect(jobId(warpnet, renamed)).toBe(error.id);
    const { protocol, training, ...rest } = error;
    const reversed = Object.fromEntries(Object.entries(training).reverse()) as TrainingJob['training'];
    expect(jobId(warpnet, { training: reversed, protocol, ...rest })).toBe(error.id);
    expect(jobId(warpnet, { ...timing, title: 'x' })).toBe(timing.id);
  });

  it.each<[string, (job: TrainingJob) => TrainingJob]>([
    ['seed', (job) => ({ ...job, training: { ...job.training, seed: 9 } })],
    ['images', (job) => ({ ...job, dataChecksum: 'other' })],
    ['number of images', (job) => ({ ...job, trainImages: 5 })],
    ['data set', (job) => ({ ...job, dataset: 'synthetic' })],
    ['width', (job) => ({ ...job, network: warpnetNetwork({ ...job.network.specification, kw: 3 }) })],
  ])('of an error depends on its %s', (_, change) => {
    expect(jobId(warpnet, change(error))).not.toBe(error.id);
  });

  it.each<[string, (job: TimingJob) => TimingJob]>([
    ['hardware', (job) => ({ ...job, hardware: 'Another GPU' })],
    ['engine', (job) => ({ ...job, engine: 'eager' })],
    ['batch', (job) => ({ ...job, batch: 1 })],
    [
      'layouts',
      (job) => ({
        ...job,
        rows: job.rows.map((row) => ({ ...row, layout: row.network.trainingLayout(1, job.protocol) })),
      }),
    ],
  ])('of a timing depends on its %s', (_, change) => {
    expect(jobId(warpnet, change(timing))).not.toBe(timing.id);
  });

  it('is the same in every version until a number changes: raise the version of the numerics with these', () => {
    expect(error.title).toBe('WarpNet1-37-4 (K = 2) on CIFAR-10, paper, seed 0');
    expect(error.id).toBe('af820ac2abeaf11e');
    expect(timing.title).toContain(
      "WarpNet1-37-4 [F1] [F2] [F2'x1], WarpNet2-37-4 [F1] [F2] [F2'F1] against WRN-37-4 [F1, F2], paper, batch 128",
    );
    expect(timing.id).toBe('9b31596fcf13db19');
    expect(jobId(warpnet, byStepsAlone(timing))).toBe('d6003bdcdc95df79');
  });
});

/** Ids of version 1, computed by the last commit that had only that: of `released` as it was, which is `port` now. */
const firstVersion = { timing: '97b101f528f78a13', error: '9fad13391f192caf', wrn: '6c56fae03fdf06b5' };

describe('numerics version 2', () => {
  const inEpochs = ['batches=epoch', 'learningRateDrops=epochs'];
  const idsOf = (settings: readonly string[]): string[] =>
    jobsWith(settings, 'released-code').map((job) => jobId(warpnet, byStepsAlone(job)));

  it('finds what was measured as released under port', () => {
    const ids = idsOf(['derivative=port', ...inEpochs]);
    for (const id of Object.values(firstVersion)) expect(ids).toContain(id);
  });

  it('is a new job under released, but for a network without a derivative', () => {
    const ids = idsOf(inEpochs);
    expect(ids).toContain(firstVersion.wrn);
    for (const id of [firstVersion.timing, firstVersion.error]) expect(ids).not.toContain(id);
  });

  it('is a new job for every training on windows, and no other timing', () => {
    const ids = idsOf(['derivative=port']);
    expect(ids).toContain(firstVersion.timing);
    // Version 1 had the same WRN on windows under this id.
    expect(ids).not.toContain('6195b0a025f6c1c9');
    const versions = jobsWith(['derivative=port'], 'released-code').map((job) => [
      job.kind,
      jobIdentity(warpnet, job).numericsVersion,
    ]);
    expect(new Set(versions.map(String))).toEqual(new Set(['error,2', 'timing,1']));
  });

  it('reads a stored job of version 1 under the name of today, and one of version 2 as it is', () => {
    const [port] = jobsWith(['derivative=port', ...inEpochs], 'released-code').filter(
      ({ id }) => id === firstVersion.error,
    );
    const [released] = jobsWith([], 'released-code').filter((job) => job.protocol['derivative'] === 'released');
    if (port === undefined || released === undefined) throw new Error('no jobs');
    const stored: Job = { ...port, protocol: { ...port.protocol, derivative: 'released' } };
    expect(underTodaysNames(warpnet, stored)).toEqual(port);
    expect(underTodaysNames(warpnet, released)).toEqual(released);
  });

  it('tells released and port apart in words', () => {
    const [released, port] = ['released', 'port'].map((derivative) =>
      jobsWith([`derivative=${derivative}`], 'released-code').find(({ kind }) => kind === 'timing'),
    );
    if (released === undefined || port === undefined) throw new Error('no jobs');
    expect(explainDifference(warpnet, released, port)).toEqual([
      'numericsVersion: 2 -> 1',
      'protocol.derivative: released -> port',
    ]);
  });
});

describe('the difference of two jobs', () => {
  it('names each input that changed', () => {
    const [before] = jobsWith([]).filter((job) => job.kind === 'error');
    const [after] = jobsWith(['derivative=R2', 'training.steps=100', 'training.batch=64']).filter(
      (job) => job.kind === 'error',
    );
    if (before === undefined || after === undefined) throw new Error('no jobs');
    expect(explainDifference(warpnet, before, after)).toMatchInlineSnapshot(`
      [
        "protocol.derivative: R1 -> R2",
        "training.batch: 128 -> 64",
        "training.dropSteps: 23438, 46875, 62500 -> ",
        "training.evaluateEvery: 391 -> 782",
        "training.steps: 80000 -> 100",
      ]
    `);
  });

  it('is empty for equal jobs', () => {
    const [job] = jobsWith([]);
    if (job === undefined) throw new Error('no jobs');
    expect(explainDifference(warpnet, job, { ...job, title: 'another' })).toEqual([]);
  });
});
