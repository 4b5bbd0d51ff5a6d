/** What holds for every kind of work. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';
import { inputsOf, jobId } from '../../../harness/kinds/identity.js';
import { kindOf, kinds, readJob, readResult, type Job } from '../../../harness/kinds/index.js';
import { distinctTitles } from '../../../harness/plan/expand/distinct-titles.js';
import { analysisJob, operationsJob, timingJob, trainingJob, trialsJob } from '../../support/jobs.js';
import { papers } from '../../support/papers.js';
import { analysisResult, operationsResult, timingResult, trainingResult, trialsResult } from '../../support/results.js';
import { sizeOf } from '../../support/step-sizes.js';

const examples = [
  { kind: 'error', job: trainingJob(), result: trainingResult(), rows: 1 },
  { kind: 'timing', job: timingJob(), result: timingResult(), rows: 6 },
  { kind: 'operations', job: operationsJob(), result: operationsResult(), rows: 1 },
  { kind: 'trials', job: trialsJob(), result: trialsResult(), rows: 4 },
  { kind: 'analysis', job: analysisJob(), result: analysisResult(), rows: 2 },
];

const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('is listed with an example here', () => {
  expect(kinds.map(({ kind }) => kind)).toEqual(examples.map(({ kind }) => kind));
});

describe.each(examples)('the kind of work $kind', ({ job, result, rows }) => {
  const kind = kindOf(job);

  it('knows its jobs, and reads them and their results back', () => {
    expect(kinds.filter((one) => one.is(job))).toEqual([kind]);
    expect(asStored(readJob(papers, asStored(job)))).toEqual(asStored(job));
    expect(readResult(asStored(result))).toEqual(result);
    expect(() => readResult({ ...result, more: 1 })).toThrow('more');
  });

  it('gives an id that does not depend on titles', () => {
    const paper = papers.named(job.paper);
    expect(jobId(paper, { ...job, title: 'x', protocol: { ...job.protocol, name: 'x' } })).toBe(jobId(paper, job));
    expect(inputsOf(paper, job).get('kind')).toBe(kind.kind);
  });

  it('says what a job needs', () => {
    const device = { kind: 'cpu', cores: 2 } as const;
    const [one, two] = [kind.seconds(job, { kind: 'cpu', cores: 1 }, sizeOf), kind.seconds(job, device, sizeOf)];
    // What TensorFlow computes is spread over the cores; the rest is one thread.
    if (kind.tensorFlow) expect(one).toBeGreaterThan(two);
    else expect(one).toBe(two);
    expect(kind.memoryBytes(job, sizeOf)).toBeGreaterThan(0);
    expect(kind.diskBytes(job, sizeOf)).toBeGreaterThan(0);
    // What shares the machine is bound to none of it, and what is bound has it alone.
    expect(kind.alone).toBe(kind.bound(job) !== null);
    expect(kind.devices(job)).toBe(kind.bound(job)?.devices ?? 1);
  });

  it('has a CSV whose columns are explained, with the id of the job in each row', () => {
    const { columns, records } = kind.csv;
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    for (const { means } of columns) expect(means).not.toBe('');
    const lines = records(job, result);
    expect(lines).toHaveLength(rows);
    const index = columns.findIndex(({ name }) => name === 'job');
    for (const line of lines) {
      expect(line).toHaveLength(columns.length);
      expect(line[index]).toBe(job.id);
    }
  });
});

it('is imported without TensorFlow.js, so that the program starts at once', () => {
  const program = `await import(${JSON.stringify(inProject('dist/harness/kinds/index.js'))});
    console.log('_tfengine' in globalThis);`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })).toBe('false\n');
});

describe('two jobs of one title', () => {
  const titlesOf = (...jobs: Job[]): string[] =>
    distinctTitles(papers.named('warpnet'), jobs).map(({ title }) => title);

  it('get what differs between them added', () => {
    const short = trainingJob({ training: { steps: 6 } });
    expect(titlesOf(trainingJob(), short)).toEqual([
      'WRN-7-1 on synthetic (steps 12)',
      'WRN-7-1 on synthetic (steps 6)',
    ]);
    expect(titlesOf(operationsJob({ batch: 8 }), operationsJob())[0]).toBe('Operations of K = 2 (batch 8)');
  });

  it('keep it where nothing else has it', () => {
    expect(titlesOf(trainingJob(), timingJob())).toEqual([trainingJob().title, timingJob().title]);
  });
});
