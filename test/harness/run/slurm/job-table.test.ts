import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import type { Lease } from '../../../../harness/store/lease.js';
import { QueueFull, SlurmAway, slurmEnvironment } from '../../../../harness/run/slurm/commands.js';
import { JobTable } from '../../../../harness/run/slurm/queue/job-table.js';
import { judgeByQueue } from '../../../../harness/run/slurm/queue/judge.js';
import { parseSite } from '../../../../harness/run/slurm/site-file.js';
import { Submissions } from '../../../../harness/run/slurm/submissions.js';
import { FakeSlurm, jobName, squeueLine } from './fake-slurm.js';

const away = { error: 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' };
const noAccounts = { error: 'Slurm accounting storage is disabled' };
const job = { name: jobName, task: 0 };

let slurm: FakeSlurm;
let table: JobTable;
let warnings: string[];
beforeEach(() => {
  slurm = new FakeSlurm();
  table = new JobTable(slurm.commands, 0.02);
  warnings = [];
  table.onTrouble((message) => warnings.push(message));
});
afterEach(() => {
  slurm.close();
});

describe('a job', () => {
  it('has ended when the queue says so', async () => {
    slurm.answers(
      'squeue',
      { out: squeueLine('PENDING') },
      { out: squeueLine('RUNNING') },
      { out: squeueLine('TIMEOUT') },
    );
    const seen: string[] = [];
    const end = await table.ended(job, ({ state }) => seen.push(state));
    expect(end).toMatchObject({ state: 'TIMEOUT', id: '17_0' });
    expect(seen).toEqual(['PENDING', 'RUNNING', 'TIMEOUT']);
  });

  it('is asked after together with all others', async () => {
    const lines = [0, 1, 2].map((task) => squeueLine('COMPLETED', jobName, task)).join('\n');
    slurm.answers('squeue', { out: lines });
    await Promise.all([0, 1, 2].map((task) => table.ended({ name: jobName, task })));
    expect(slurm.calls('squeue')).toHaveLength(1);
  });

  it('goes on while nobody answers, which is said once, as is the answer after', async () => {
    slurm.answers('squeue', away, away, away, { out: squeueLine('RUNNING') }, { out: squeueLine('COMPLETED') });
    expect(await table.ended(job)).toMatchObject({ state: 'COMPLETED' });
    expect(warnings).toEqual([expect.stringContaining('Slurm does not answer'), 'Slurm answers again']);
  });

  it('that the controller has forgotten is looked up in the accounts', async () => {
    slurm.answers('squeue', { out: '' });
    slurm.answers('sacct', { out: `${jobName}|17_0|OUT_OF_MEMORY|0:125|2026-11-21T21:56:44|n0` });
    expect(await table.ended(job)).toMatchObject({ state: 'OUT_OF_MEMORY' });
  });

  it('that the controller has forgotten where there are no accounts has ended somehow', async () => {
    slurm.answers('squeue', { out: '' });
    slurm.answers('sacct', noAccounts);
    expect(await table.ended(job)).toBeNull();
  });

  it('is not taken for ended while the accounts do not answer', async () => {
    slurm.answers('squeue', { out: '' });
    slurm.answers(
      'sacct',
      { error: 'sacct: error: slurmdbd: Connection refused' },
      { out: `${jobName}|17_0|FAILED|1:0||n0` },
    );
    expect(await table.ended(job)).toMatchObject({ state: 'FAILED', exitCode: 1 });
  });
});

describe('a submission', () => {
  const site = parseSite('pollSeconds: 0.1', 'slurm.yaml');
  const policy = { attempts: 1, backoffSeconds: 0, timeoutSeconds: 1, silenceSeconds: 1, graceSeconds: 1 };
  const tasks = {
    name: jobName,
    runs: '/runs',
    worker: ['/bin/true'],
    visibleSeconds: 0,
    policy,
    tasks: [[{ id: 'a', token: 't', hardware: null }]],
  };
  const demand = { gpus: 1, cpus: 1, alone: false, memoryMebibytes: null, minutes: 15 };
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'submissions-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const submit = (signal = new AbortController().signal) =>
    new Submissions(slurm.commands, table, site, root, (message) => warnings.push(message)).submit(
      tasks,
      demand,
      signal,
    );

  it('leaves its tasks and its script where the job finds them', async () => {
    slurm.answers('sbatch', { out: '17' });
    await submit();
    expect(JSON.parse(readFileSync(join(root, jobName, 'tasks.json'), 'utf8'))).toEqual(tasks);
    expect(readFileSync(join(root, jobName, 'job.sh'), 'utf8')).toMatch(/^#!\/bin\/bash\n.*exec '.*job\.js' '/s);
  });

  it('of which nobody knows whether it was heard is not repeated when the queue has it', async () => {
    slurm.answers('sbatch', {
      error: 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
    });
    slurm.answers('squeue', away, { out: squeueLine('PENDING') });
    await submit();
    expect(slurm.calls('sbatch')).toHaveLength(1);
  });

  it('is repeated when the queue does not have it', async () => {
    slurm.answers('sbatch', away, { out: '17' });
    slurm.answers('squeue', { out: '' });
    await submit();
    expect(slurm.calls('sbatch')).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('Slurm did not take a job')]);
  });

  it('waits while the queue takes no more jobs of this user', async () => {
    slurm.answers('sbatch', { error: 'sbatch: error: QOSMaxSubmitJobPerUserLimit' }, { out: '17' });
    await submit();
    expect(slurm.calls('sbatch')).toHaveLength(2);
  });

  it('that Slurm refuses fails with its words', async () => {
    slurm.answers('sbatch', { error: 'sbatch: error: Batch job submission failed: Invalid account specified' });
    await expect(submit()).rejects.toMatchObject({
      code: 'SLURM_REFUSED',
      message: expect.stringContaining('Invalid account') as string,
    });
  });

  it('is given up on request', async () => {
    slurm.answers('sbatch', away);
    slurm.answers('squeue', away);
    const stop = new AbortController();
    const submitted = submit(stop.signal);
    stop.abort();
    await expect(submitted).rejects.toThrow();
  });
});

describe('a lease of a job', () => {
  const old = new Date(Date.now() - 3_600_000).toISOString();
  const lease = (changes: Partial<Lease> = {}): Lease => ({
    schema: 1,
    generation: 1,
    attempt: 1,
    token: 't',
    host: { name: 'login2', boot: 'b', pidNamespace: 'p' },
    scheduler: { pid: 1, startTime: 1 },
    worker: null,
    job,
    devices: 'gpu:0',
    slots: [],
    at: old,
    ...changes,
  });

  it.each<[string, string, Partial<Lease>, string]>([
    ['is left alone while the job runs and somebody elsewhere may watch it', squeueLine('RUNNING'), {}, 'elsewhere'],
    ['may be taken over where nobody watches the job', squeueLine('PENDING'), { scheduler: null }, 'orphaned'],
    ['is dead when Slurm does not know the job', '', {}, 'dead'],
    ['is left alone while the job may be on its way to Slurm', '', { at: new Date().toISOString() }, 'elsewhere'],
    ['is dead when the job has ended', squeueLine('FAILED'), {}, 'dead'],
    ['of another job says nothing about it', squeueLine('RUNNING', 'reproduce-ffffffffffff'), {}, 'dead'],
  ])('%s', async (_, answer, changes, liveness) => {
    slurm.answers('squeue', { out: answer });
    await table.refresh();
    expect(judgeByQueue(lease(changes), table, 60)).toBe(liveness);
  });

  it('is left alone where Slurm has never answered', () => {
    slurm.answers('squeue', away);
    expect(judgeByQueue(lease(), table, 0)).toBe('elsewhere');
  });
});

describe('what Slurm says on refusing', () => {
  it.each([
    ['Unable to contact slurm controller (connect failure)', SlurmAway],
    ['Slurm temporarily unable to accept job, sleeping and retrying', SlurmAway],
    ['Batch job submission failed: Socket timed out on send/recv operation', SlurmAway],
    ['AssocMaxSubmitJobLimit', QueueFull],
    ['Invalid partition name specified', Problem],
    ['Requested node configuration is not available', Problem],
  ])('%s', async (error, kind) => {
    slurm.answers('sbatch', { error: `sbatch: error: ${error}` });
    await expect(slurm.commands.run('sbatch', [])).rejects.toBeInstanceOf(kind);
  });

  it('an allocation around the program adds nothing to its requests', () => {
    const environment = { PATH: '/bin', SLURM_CONF: '/c', SLURM_CPUS_PER_TASK: '3', SBATCH_PARTITION: 'p', HOME: '/h' };
    expect(slurmEnvironment(environment)).toEqual({
      ...{ PATH: '/bin', SLURM_CONF: '/c', HOME: '/h' },
      SLURM_TIME_FORMAT: 'standard',
    });
  });
});
