import { describe, expect, it } from 'vitest';
import type { QueuedJob } from '../../../../harness/run/slurm/queue/queue-answer.js';
import { jobEndOf, obstacleOf } from '../../../../harness/run/slurm/queue/verdict.js';

const job = (changes: Partial<QueuedJob>): QueuedJob => ({
  name: 'reproduce-0123456789ab',
  task: 3,
  id: '17_3',
  state: 'FAILED',
  reason: 'None',
  node: 'n0',
  exitCode: 0,
  signal: null,
  endsAt: null,
  ...changes,
});

describe('the end of a job', () => {
  it.each<[Partial<QueuedJob>, object]>([
    [{ state: 'COMPLETED' }, { exitCode: 0, signal: null }],
    [{ reason: 'NonZeroExitCode', exitCode: 3 }, { exitCode: 3 }],
    [
      { reason: 'JobLaunchFailure', exitCode: null, signal: 9 },
      { exitCode: null, signal: 'SIGKILL', notStarted: null },
    ],
    [{ reason: 'JobLaunchFailure', exitCode: 1 }, { notStarted: 'job 17_3 could not be launched on n0' }],
    [{ state: 'BOOT_FAIL' }, { notStarted: 'the node of job 17_3 did not boot' }],
    [{ state: 'OUT_OF_MEMORY' }, { outOfMemoryKill: true, signal: 'SIGKILL' }],
    [{ state: 'TIMEOUT', exitCode: null, signal: 15 }, { verdict: { kind: 'timeout', code: 'TIME_LIMIT' } }],
    [{ state: 'DEADLINE' }, { verdict: { kind: 'timeout' } }],
    [{ state: 'NODE_FAIL' }, { verdict: { kind: 'node-lost', code: 'NODE_FAILED' } }],
    [{ state: 'PREEMPTED' }, { verdict: { kind: 'node-lost', code: 'PREEMPTED' } }],
    [{ state: 'CANCELLED' }, { verdict: { kind: 'cancelled' } }],
  ])('%j', (changes, end) => {
    expect(jobEndOf(job(changes))).toMatchObject(end);
  });

  it('that nobody remembers is neither success nor failure', () => {
    expect(jobEndOf(null)).toEqual({ exitCode: null, signal: null, notStarted: null, outOfMemoryKill: false });
  });
});

describe('a waiting job', () => {
  it.each([
    ['PENDING', 'JobHeldUser', /held.*scontrol release 17_3/],
    ['PENDING', 'JobHeldAdmin', /administrator/],
    ['PENDING', 'launch failed requeued held', /could not be launched.*sinfo -R.*scontrol release 17_3/],
    ['PENDING', 'launch_failed_requeued_held', /could not be launched/],
    ['REQUEUE_HOLD', 'None', /held/],
    ['SUSPENDED', 'None', /scontrol resume/],
    ['PENDING', 'PartitionDown', /cannot start.*cancel/],
    ['PENDING', 'PartitionTimeLimit', /cannot start/],
    ['PENDING', 'QOSMaxGRESPerJob', /cannot start/],
    ['PENDING', 'BadConstraints', /cannot start/],
    ['PENDING', 'ReqNodeNotAvail, UnavailableNodes:n0', /sinfo -R/],
    [
      'PENDING',
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
      /sinfo -R/,
    ],
  ])('%s for "%s" says the way out', (state, reason, said) => {
    expect(obstacleOf(job({ state, reason }))).toMatch(said);
  });

  it.each([
    ['PENDING', 'Priority'],
    ['PENDING', 'Resources'],
    ['PENDING', 'BeginTime'],
    ['PENDING', 'JobArrayTaskLimit'],
    ['PENDING', 'QOSMaxJobsPerUserLimit'],
    ['PENDING', 'AssocGrpGRES'],
    ['RUNNING', 'None'],
    ['COMPLETED', 'None'],
  ])('%s for "%s" only waits its turn', (state, reason) => {
    expect(obstacleOf(job({ state, reason }))).toBeNull();
  });
});
