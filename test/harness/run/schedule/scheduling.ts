/** Sets up a schedule of fake workers in a folder of its own. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kindOf, type Job } from '../../../../harness/kinds/index.js';
import { runFile } from '../../../../harness/store/run-folder.js';
import { RunStore } from '../../../../harness/store/store.js';
import { Allocator, type Slot } from '../../../../harness/run/devices/allocator.js';
import { Interruption } from '../../../../harness/run/schedule/interruption.js';
import { LocalExecutor } from '../../../../harness/run/local/local-executor.js';
import type { Policy } from '../../../../harness/plan/profile/profile-file.js';
import type { ScheduleEvent } from '../../../../harness/run/schedule/schedule-event.js';
import type { ScheduleOutcome } from '../../../../harness/run/schedule/schedule-request.js';
import { runSchedule } from '../../../../harness/run/schedule/scheduler.js';
import { papers } from '../../../support/papers.js';
import { execution } from './jobs.js';
import { fakeWorkerCommand, FakeWorkers } from './fake-workers.js';

export const gigabyte = 2 ** 30;

/** Names of their own: slots are locked machine-wide, and other tests run beside this one. */
export const cores = (count: number, prefix = randomUUID()): Slot[] =>
  Array.from({ length: count }, (_, core) => ({ name: `${prefix}-core-${core}`, gpu: null, core: null }));

const patientPolicy: Policy = {
  attempts: 1,
  backoffSeconds: 0,
  timeoutSeconds: 600,
  silenceSeconds: 600,
  graceSeconds: 600,
};

export class Scheduling {
  readonly store: RunStore;
  /** Called at each step of a job's life. */
  onStep: (step: string, id: string) => void = () => undefined;
  readonly events: ScheduleEvent[] = [];
  interruption = new Interruption();
  readonly slots = cores(8);

  private constructor(
    readonly workers: FakeWorkers,
    readonly root: string,
  ) {
    this.store = new RunStore(root, papers);
  }

  static async open(root = mkdtempSync(join(tmpdir(), 'runs-'))): Promise<Scheduling> {
    const scheduling = new Scheduling(await FakeWorkers.listen(), root);
    process.env['FAKE_WORKER_SOCKET'] = scheduling.workers.socketPath;
    return scheduling;
  }

  run(
    jobs: readonly Job[],
    options: {
      slots?: number;
      policy?: Partial<Policy>;
      keepGoing?: boolean;
      anew?: ReadonlySet<string>;
      onResult?: (job: Job) => Promise<void>;
    } = {},
  ): Promise<ScheduleOutcome> {
    const executor = new LocalExecutor({ worker: fakeWorkerCommand, onStep: (step, id) => this.onStep(step, id) });
    const slots = options.slots ?? 2;
    return runSchedule({
      jobs,
      store: new RunStore(this.root, papers, {
        endLeftovers: (lease) => executor.endLeftovers(lease),
        onStep: (step, id) => this.onStep(step, id),
      }),
      executor,
      allocator: new Allocator(this.slots.slice(0, slots), gigabyte),
      policy: { ...patientPolicy, ...options.policy },
      placement: (job) => {
        const kind = kindOf(job);
        const devices = kind.devices(job);
        return {
          want: { slots: devices, alone: kind.alone, memoryBytes: 1 },
          devices: () => `cpu:${devices}`,
          pinned: false,
          hardware: null,
        };
      },
      execution: (_, devices, attempt) => execution(devices, attempt),
      secondsOf: () => 1,
      interruption: this.interruption,
      keepGoing: options.keepGoing ?? true,
      ...(options.anew ? { anew: options.anew } : {}),
      ...(options.onResult ? { onResult: options.onResult } : {}),
      tell: (event) => this.events.push(event),
    });
  }

  /** As in another process: the request to stop is forgotten. */
  renewInterruption(): void {
    this.interruption = new Interruption();
  }

  log(id: string): string {
    return readFileSync(runFile(this.store.folder(id), 'log'), 'utf8');
  }

  told(type: ScheduleEvent['type']): ScheduleEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  async close(): Promise<void> {
    await this.workers.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
