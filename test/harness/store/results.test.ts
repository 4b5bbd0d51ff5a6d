/** What counts as a result, and what is read back of one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timing, training } from '../../../harness/kinds/index.js';
import { RunStore } from '../../../harness/store/store.js';
import { operationsJob, timingJob, trainingJob } from '../../support/jobs.js';
import { papers } from '../../support/papers.js';
import { trainingResult } from '../../support/results.js';

let root: string;
let store: RunStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'results-'));
  store = new RunStore(root, papers);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function leave(id: string, files: Readonly<Record<string, unknown>>): void {
  mkdirSync(join(root, id), { recursive: true });
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(root, id, name), typeof value === 'string' ? value : JSON.stringify(value, null, 1));
}

describe('a result', () => {
  const whole = JSON.stringify(trainingResult({ id: 'a' }), null, 1);

  it('is read as one of its kind of work, and of no other', () => {
    leave('a', { 'result.json': whole });
    expect(store.state('a')).toBe('done');
    expect(store.isDone('a')).toBe(true);
    expect(store.resultOf(training, 'a')?.finalLoss).toBe(trainingResult().finalLoss);
    expect(store.resultOf(timing, 'a')).toBeNull();
    expect(store.resultOf(training, 'b')).toBeNull();
  });

  it.each([
    ['is empty', ''],
    ['is cut short', whole.slice(0, -20)],
    ['is cut within its first bytes', whole.slice(0, 10)],
  ])('that %s counts as none', (_, text) => {
    leave('a', { 'result.json': text, 'attempts.jsonl': '' });
    expect(store.state('a')).not.toBe('done');
    expect(store.isDone('a')).toBe(false);
  });

  it.each([
    ['of another job', JSON.stringify(trainingResult({ id: 'other' }))],
    ['of a kind of work that there is not', whole.replace('"error"', '"singing"')],
    ['with a number that is none', whole.replace(/"finalLoss": [\d.]+/u, '"finalLoss": "low"')],
  ])('%s is not used, and is named', (_, text) => {
    leave('a', { 'result.json': text });
    expect(store.isDone('a')).toBe(false);
    expect(() => store.result('a')).toThrow(
      expect.objectContaining({ code: 'RESULT_INVALID', message: expect.stringContaining('a/result.json') as string }),
    );
  });
});

describe('a stored job', () => {
  it.each([trainingJob(), timingJob(), operationsJob()])('of the kind $kind comes back as it was', (job) => {
    leave(job.id, { 'cell.json': job });
    const read = store.job(job.id);
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(job)));
    expect(read?.kind).toBe(job.kind);
  });

  it('that is older than papers’ names is of the first paper', () => {
    const { paper, ...old } = trainingJob();
    leave('a', { 'cell.json': old });
    expect(store.job('a')?.paper).toBe(paper);
  });

  it.each([
    ['of another version', { ...trainingJob(), replicas: 'two' }],
    ['of a paper that there is not', { ...trainingJob(), paper: 'unknown' }],
    ['of a network that there is not', { ...trainingJob(), network: { family: 'cnn', classes: 10 } }],
    ['that is no JSON', '{"kind":'],
  ])('%s is none', (_, stored) => {
    leave('a', { 'cell.json': stored });
    expect(store.job('a')).toBeNull();
  });
});
