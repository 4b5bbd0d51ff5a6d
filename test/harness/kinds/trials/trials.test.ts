/** Trials of numerical problems: what decides their counts, and how they run in the worker. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../../../harness/core/project.js';
import { jobId } from '../../../../harness/kinds/identity.js';
import { readResult, trials, type Job, type TrialsResult } from '../../../../harness/kinds/index.js';
import { runTrials } from '../../../../harness/kinds/trials/run.js';
import type { Trial } from '../../../../harness/plan/paper/numerical-problem.js';
import { Papers } from '../../../../harness/plan/paper/papers.js';
import { runJob } from '../../../../harness/run/worker/run-job.js';
import { failureSchema } from '../../../../harness/store/failure.js';
import { coinPaper } from '../../../support/coin-paper.js';
import { trialsJob } from '../../../support/jobs.js';
import { papers } from '../../../support/papers.js';
import { attempt, events, execution, read, runFolder } from '../../../support/run-folders.js';

const coins = (changes: Parameters<typeof trialsJob>[0] = {}) =>
  trialsJob({ paper: 'coins', problem: 'throw', specification: { every: 3 }, trials: 10, ...changes });
const never = new AbortController().signal;
const quiet = () => undefined;

const worker = (throwCoin?: (every: number, seed: number) => Trial) => ({ papers: new Papers([coinPaper(throwCoin)]) });

function resultOf(folder: string): TrialsResult {
  const result = readResult(JSON.parse(read(folder, 'result')));
  if (result.kind !== 'trials') throw new Error('not a result of trials');
  return result;
}

describe('the id of trials', () => {
  const shortcut = papers.named('shortcut');
  const idOf = (changes: Parameters<typeof trialsJob>[0]) => jobId(shortcut, trialsJob(changes));
  const { protocol, specification } = trialsJob();

  it.each([
    ['how many', { trials: 11 }],
    ['the seed', { seed: 1 }],
    ['the problem', { problem: 'warm-up' }],
    ['the specification', { specification: { ...specification, patches: 25 } }],
  ])('depends on %s', (_, changes) => {
    expect(idOf(changes)).not.toBe(idOf({}));
  });

  it('depends on no option of trainings', () => {
    const other = { ...protocol, momentum: 0.5, nesterov: true, batches: 'window', cropPadding: 2 } as const;
    expect(idOf({ protocol: other })).toBe(idOf({}));
  });
});

describe('a stored job of trials', () => {
  it.each([
    ['names no problem of its paper', { problem: 'dice' }, 'PROBLEM_UNKNOWN'],
    ['has no such instance', { specification: { every: 0 } }, 'SPECIFICATION_INVALID'],
    ['has an axis too many', { specification: { every: 3, weight: 2 } }, 'SPECIFICATION_INVALID'],
  ])('is refused where it %s', (_, changes, code) => {
    expect(() => trials.read(coinPaper(), coins(changes))).toThrow(expect.objectContaining({ code }));
  });
});

describe('trials in the worker', () => {
  it('end with a count of every outcome, those that never came among them', async () => {
    const folder = runFolder(coins({ seed: 1 }));
    expect(await runJob(folder, worker(), never, quiet)).toBe('finished');
    // Of 0 … 9 with seed 1: 2, 5 and 8.
    expect(resultOf(folder)).toMatchObject({ counts: { head: 3, tail: 7, edge: 0 }, success: 'head' });
  });

  it('give, after a stop in the middle, what they give undisturbed', async () => {
    const undisturbed = runFolder(coins());
    await runJob(undisturbed, worker(), never, quiet);

    const folder = runFolder(coins());
    const stop = new AbortController();
    const stopping = worker((every) => (number) => {
      if (number === 4) stop.abort();
      return number % every === 0 ? 'head' : 'tail';
    });
    const everyTrial = (job: Job, context: Parameters<typeof runTrials>[1]) => {
      if (!trials.is(job)) throw new Error('not trials');
      return runTrials(job, context, 0);
    };
    expect(await runJob(folder, { ...stopping, run: everyTrial }, stop.signal, quiet)).toBe('stopped');
    const tried = events(folder).flatMap((event) => (event.type === 'tried' ? event.done : []));
    expect(tried).toEqual([1, 2, 3, 4]);

    attempt(folder, execution({ attempt: 2 }));
    expect(await runJob(folder, worker(), never, quiet)).toBe('finished');
    expect(resultOf(folder).counts).toEqual(resultOf(undisturbed).counts);
  });

  it('fail where a trial throws', async () => {
    const folder = runFolder(coins());
    const broken = worker(() => () => {
      throw new Error('the coin is lost');
    });
    expect(await runJob(folder, broken, never, quiet)).toBe('failed');
    expect(failureSchema.parse(JSON.parse(read(folder, 'failure'))).message).toContain('the coin is lost');
  });

  it('need neither TensorFlow nor TensorFlow.js', () => {
    const folder = runFolder(trialsJob());
    const module = (path: string) => JSON.stringify(inProject('dist', path));
    const program = `const [{ papers }, { runJob }] = await Promise.all([
        import(${module('experiments/index.js')}),
        import(${module('harness/run/worker/run-job.js')}),
      ]);
      const outcome = await runJob(${JSON.stringify(folder)}, { papers }, new AbortController().signal, console.error);
      console.log(outcome, '_tfengine' in globalThis);`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(said).toBe('finished false\n');
    const { counts } = resultOf(folder);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(10);
  });
});
