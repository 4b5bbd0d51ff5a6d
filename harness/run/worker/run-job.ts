/** Runs the job of a run folder: from the files the scheduler wrote to `result.json`, or to a reason why not. */
import { rmSync } from 'node:fs';
import { ZodError } from 'zod';
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { readTextFile } from '../../core/files/read-file.js';
import { visibleGpus } from '../../engine/devices/visible-gpus.js';
import { jobIdentity } from '../../kinds/identity.js';
import { kindOf, readJob, type Job, type JobResult } from '../../kinds/index.js';
import type { Ended } from '../../kinds/result.js';
import type { RunContext } from '../../kinds/run-context.js';
import type { Papers } from '../../plan/paper/papers.js';
import type { Environment } from '../../store/environment.js';
import type { Tell } from '../../store/events.js';
import { executionSchema, type Execution } from '../../store/execution.js';
import { runFile } from '../../store/run-folder.js';
import { energyJoules, recordPower } from './energy.js';
import { describeEnvironment, peakMemoryBytes } from './environment.js';
import { EventLog, recordedSeconds } from './event-log.js';
import { diagnose } from './failure.js';
import { workerExits } from './worker-exit.js';

export type Outcome = 'finished' | 'stopped' | 'failed' | 'diskFull';

/** Runs a job. Tests run it on parts of their own. */
export type RunJob = (job: Job, context: RunContext) => Promise<Ended<JobResult>>;

export interface Worker {
  readonly papers: Papers;
  readonly run?: RunJob;
}

/** As its kind of work says, on its paper's models where it needs them. */
const runByKind: RunJob = async (job, context) => {
  const kind = kindOf(job);
  if (kind.tensorFlow) await context.paper.loadModels();
  return kind.run(job, context);
};

/**
 * Runs one attempt. `result.json` is written last, by rename; a failure goes to `failure.json` if the disk has room for it; a stop
 * leaves a checkpoint.
 * @throws Problem RUN_FOLDER_INVALID where the scheduler's files cannot be read: there is then nobody to tell.
 */
export async function runJob(
  folder: string,
  { papers, run = runByKind }: Worker,
  signal: AbortSignal,
  warn: (line: string) => void,
): Promise<Outcome> {
  const job = readInput(folder, 'job', (value) => readJob(papers, value));
  const execution = readInput(folder, 'execution', (value) => executionSchema.parse(value));
  rmSync(runFile(folder, 'failure'), { force: true });
  let log: EventLog | undefined;
  const announcement = new Announcement(folder, execution, warn);
  try {
    log = new EventLog(runFile(folder, 'events'), execution.attempt);
    const { tell } = log;
    const paper = papers.named(job.paper);
    const begin = (tensorflow: string) => announcement.make(tell, tensorflow);
    const ended = await run(job, { paper, folder, execution, tell, warn, signal, begin });
    announcement.end();
    if ('stoppedAt' in ended) {
      tell({ type: 'stopped', step: ended.stoppedAt });
      return 'stopped';
    }
    tell({ type: 'phase', phase: 'saving' });
    const { numericsVersion } = jobIdentity(paper, job);
    const result = {
      kind: job.kind,
      schema: 1,
      id: job.id,
      numericsVersion,
      attempts: execution.attempt,
      environment: announcement.environment,
      ...closingFigures(folder),
      ...ended.measured,
    };
    // Before the commit mark: whoever sees the result finds all events.
    tell({ type: 'finished' });
    writeAtomically(runFile(folder, 'result'), `${JSON.stringify(result, null, 2)}\n`);
    return 'finished';
  } catch (error) {
    return recordFailure(folder, execution, log?.tell, error, warn);
  } finally {
    announcement.end();
    log?.close();
  }
}

/** Says what an attempt runs on, and reads the power of its GPUs while it works. */
class Announcement {
  #environment: Environment | undefined;
  #stopReadings: () => void = () => undefined;
  readonly #described: ReturnType<typeof describeEnvironment>;
  readonly #gpus: ReturnType<typeof visibleGpus>;

  /** The machine is described while engine and data are opened. */
  constructor(
    private readonly folder: string,
    execution: Execution,
    warn: (line: string) => void,
  ) {
    this.#described = describeEnvironment(execution, warn);
    this.#gpus = visibleGpus(execution.devices);
  }

  async make(tell: Tell, tensorflow: string): Promise<void> {
    const [described, { gpus }] = await Promise.all([this.#described, this.#gpus]);
    this.#stopReadings = recordPower(this.folder, gpus);
    this.#environment = { ...described, tensorflow };
    tell({ type: 'started', pid: process.pid, environment: this.#environment });
  }

  get environment(): Environment {
    if (this.#environment === undefined) throw new Error('Internal error: a job ended that had not begun');
    return this.#environment;
  }

  end(): void {
    this.#stopReadings();
    this.#stopReadings = () => undefined;
  }
}

/** Figures that are taken when all work is done. */
const closingFigures = (folder: string) => ({
  finishedAt: new Date().toISOString(),
  wallSeconds: recordedSeconds(runFile(folder, 'events')),
  peakMemoryBytes: peakMemoryBytes(),
  energyJoules: energyJoules(folder),
});

function recordFailure(
  folder: string,
  execution: Execution,
  tell: Tell | undefined,
  error: unknown,
  warn: (line: string) => void,
): 'failed' | 'diskFull' {
  const diagnosis = diagnose(error);
  const expected = error instanceof Problem;
  warn(
    expected
      ? `${diagnosis.code}: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  const { attempt } = execution;
  // The log is the scheduler's: it adds the tail.
  const failure = {
    ...diagnosis,
    exitCode: workerExits.failed,
    signal: null,
    logTail: [],
    at: new Date().toISOString(),
    attempt,
  };
  try {
    writeAtomically(runFile(folder, 'failure'), `${JSON.stringify(failure, null, 2)}\n`);
  } catch (again) {
    warn(`failure.json was not written: ${again instanceof Error ? again.message : String(again)}`);
    // Whatever it was that failed: with a full disk nothing else can go well.
    return again instanceof Problem && again.code === 'DISK_FULL' ? 'diskFull' : 'failed';
  }
  try {
    tell?.({ type: 'failed', failure });
  } catch {
    // The disk is full now. failure.json says all that matters.
  }
  return 'failed';
}

/** @throws Problem RUN_FOLDER_INVALID */
function readInput<T>(folder: string, file: 'job' | 'execution', read: (value: unknown) => T): T {
  const path = runFile(folder, file);
  try {
    return read(JSON.parse(readTextFile(path, { limit: 1 << 26 })));
  } catch (error) {
    throw new Problem(
      'RUN_FOLDER_INVALID',
      `${path}: ${reasonOf(error)}`,
      'Run folders are made by `reproduce`; plan and run the experiment again.',
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ZodError)) return error instanceof Error ? error.message : String(error);
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'not as expected';
}
