import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { meanLoad } from '../../../../harness/kinds/timing/result.js';
import { describe, expect, it } from 'vitest';
import { training, type JobResult } from '../../../../harness/kinds/index.js';
import type { Evaluation } from '../../../../harness/kinds/training/result.js';
import { measuredCsvs } from '../../../../harness/report/measured/csv-files.js';
import { measurementsOf } from '../../../../harness/report/measured/measurements.js';
import {
  projectionColumns,
  projectionsCsv,
  readProjections,
} from '../../../../harness/report/measured/projections-csv.js';
import { readMeasuredCsvs } from '../../../../harness/report/measured/read-csvs.js';
import { analysisJob, operationsJob, timingJob, trainingJob, trialsJob } from '../../../support/jobs.js';
import {
  analysisResult,
  operationsResult,
  timingResult,
  trainingResult,
  trialsResult,
} from '../../../support/results.js';
import { fixture } from '../fixtures.js';

const evaluation = (step: number, errorPct: number, sampledErrorPct: number | null = null): Evaluation => ({
  step,
  epoch: step / 100,
  errorPct,
  top5ErrorPct: errorPct / 10,
  sampledErrorPct,
  loss: 0.1 + 0.2,
});
const evaluations = [evaluation(100, 30.04), evaluation(200, 25.5, 25.25), evaluation(300, 26.1)] as const;
const diagnoses = [
  { step: 0, values: { angle: 0.1 + 0.2, 'rebuilt stage1/unit2': 1e-7 } },
  { step: 10, values: { angle: 1 / 3, 'rebuilt stage1/unit2': 2e-7 } },
];
const trained = trainingResult({
  evaluations: [...evaluations],
  last: evaluations[2],
  best: evaluations[1],
  diagnoses,
  stepSeconds: 0.1 + 0.7,
  probes: { 'a "norm", say': 0.1 + 0.2 },
});
const timed = timingResult({ otherLoad: 0.0625 });
const tried = trialsResult();
const analysed = analysisResult();
const jobs = [timingJob(), trainingJob(), operationsJob(), trialsJob(), analysisJob(), trainingJob({ id: 'not run' })];
const results = new Map<string, JobResult>(
  [trained, timed, operationsResult(), tried, analysed].map((result) => [result.id, result]),
);
const texts = measuredCsvs(jobs, (id) => results.get(id) ?? null);
const textOf = (name: string): string => texts.get(name) ?? '';
const linesOf = (name: string): string[] => textOf(name).trim().split('\n');

describe('the CSVs of what was measured', () => {
  it('are one a kind of work, with no rows of jobs that have not run', () => {
    expect([...texts.keys()]).toEqual(['errors.csv', 'timing.csv', 'operations.csv', 'trials.csv', 'analyses.csv']);
    expect(linesOf('errors.csv')).toHaveLength(1 + 3);
    expect(linesOf('timing.csv')).toHaveLength(1 + timed.rows.length * 2);
    expect(linesOf('operations.csv')).toHaveLength(1 + 1);
    expect(linesOf('trials.csv')).toHaveLength(1 + Object.keys(tried.counts).length);
    expect(linesOf('analyses.csv')).toHaveLength(1 + analysed.rows.length);
  });

  it('give back what was measured of weights, numbers that there are none of among it', () => {
    const { id, trainImages, validationImages, last, rows } = analysed;
    expect(rows.map(({ value }) => value)).toContain(null);
    const expected = { id, trainImages, validationImages, errorPct: last.errorPct, rows };
    expect(readMeasuredCsvs(textOf).analyses.get(id)).toEqual(expected);
  });

  it('give back everything that a table is made of, to the last digit', () => {
    const read = readMeasuredCsvs(textOf);
    const { parameters, trainImages, validationImages, last, best, finalLoss, wallSeconds, id } = trained;
    const { stepSeconds, probes } = trained;
    const training = {
      id,
      parameters,
      trainImages,
      validationImages,
      last,
      best,
      finalLoss,
      wallSeconds,
      evaluations,
      diagnoses,
      stepSeconds,
      probes,
      hardware: { kind: 'cpu', model: trained.environment.cpu },
    };
    expect(read.trainings.get(id)).toEqual(training);
    const rows = timed.rows.map(({ row, parameters: count, milliseconds, rounds, otherLoads, memory }) => ({
      ...{ row, parameters: count, milliseconds, rounds, otherLoads, memory },
    }));
    const hardware = { kind: 'cpu', model: timed.hardware };
    expect(read.timings.get(timed.id)).toEqual({ id: timed.id, hardware, otherLoad: meanLoad(rows), rows });
    expect(read.trials.get(tried.id)).toEqual({ id: tried.id, counts: tried.counts, success: 'global' });
    expect(read.finished).toEqual(new Set(results.keys()));
  });

  it('tell the networks of one training apart, the best of them with its step', () => {
    const grown = [
      { ...evaluation(100, 30), phase: 1 },
      { ...evaluation(100, 20), phase: 2 },
      { ...evaluation(300, 26), phase: 2 },
    ] as const;
    const result = { ...trained, evaluations: [...grown], last: grown[2], best: grown[1] };
    const own = measuredCsvs([trainingJob()], () => result);
    const read = readMeasuredCsvs((name) => own.get(name) ?? textOf(name)).trainings.get(result.id);
    expect(read).toMatchObject({ evaluations: grown, last: grown[2], best: grown[1] });
  });

  it('are read without the columns that older ones lack', () => {
    const later = ['phase', 'stepSeconds', 'probes', 'hardware', 'deviceKind'];
    const table: string[][] = parse(textOf('errors.csv'));
    const [header = [], ...rows] = table;
    const kept = header.map((name) => !later.includes(name));
    const older = stringify([header, ...rows].map((row) => row.filter((_, column) => kept[column])));
    const read = readMeasuredCsvs((name) => (name === 'errors.csv' ? older : textOf(name))).trainings.get(trained.id);
    expect(read).toMatchObject({ finalLoss: trained.finalLoss, last: trained.last });
    expect(read).not.toHaveProperty('stepSeconds');
    expect(read).not.toHaveProperty('hardware');
  });

  it('say on which kind of device steps were timed', () => {
    const onCards = { ...timed, environment: { ...timed.environment, gpus: ['Some GPU'] } };
    const csvs = measuredCsvs([timingJob()], () => onCards);
    expect(readMeasuredCsvs((name) => csvs.get(name) ?? '').timings.get(timed.id)?.hardware.kind).toBe('gpu');
    const { timings } = measurementsOf(new Map([[timed.id, { result: onCards }]]));
    expect(timings.get(timed.id)?.hardware).toEqual({ kind: 'gpu', model: timed.hardware });
  });

  it('come out the same however often they are written', () => {
    expect(measuredCsvs([...jobs], (id) => results.get(id) ?? null)).toEqual(texts);
  });

  it('mark the last evaluation and the best', () => {
    const [header = '', ...rows] = linesOf(training.csv.file);
    const mark = header.split(',').indexOf('mark');
    expect(rows.map((row) => row.split(',')[mark])).toEqual(['', 'best', 'last']);
  });

  it.each([
    ['a missing column', (text: string) => text.replace('errorPct', 'error')],
    ['a word for a number', (text: string) => text.replace('30.04', 'low')],
    ['no last evaluation', (text: string) => text.replace(',last,', ',,')],
    ['an unclosed quote', (text: string) => text.replace('e-', '"e-')],
    ['no success among the outcomes', (text: string) => text.replace(',yes,', ',,')],
  ])('with %s are refused', (_, spoil) => {
    const spoilt = (name: string): string =>
      ['errors.csv', 'trials.csv'].includes(name) ? spoil(textOf(name)) : textOf(name);
    expect(() => readMeasuredCsvs(spoilt)).toThrow(expect.objectContaining({ code: 'CSV_INVALID' }));
  });
});

describe('projections.csv', () => {
  const { plan, projections } = fixture({ tables: ['table2', 'width'] });
  const text = projectionsCsv(plan, projections);

  it('gives back every projection under its key', () => {
    expect(projections.size).toBeGreaterThan(10);
    expect(readProjections(text)).toEqual(projections);
  });

  it('has what each was made of: the job, both step times, the check, and the places', () => {
    expect(text.split('\n')[0]).toBe(projectionColumns.map(({ name }) => name).join(','));
    for (const { name, means } of projectionColumns) expect(means.length, name).toBeGreaterThan(8);
    const ids = new Set(plan.jobs.map(({ id }) => id));
    for (const line of text.trim().split('\n').slice(1)) expect(ids).toContain(line.split(',')[0]);
    expect(text).toContain('t2.cifar10.nwarp3.warpnet1.kw4 t2.cifar100.nwarp3.warpnet1.kw4');
  });
});
