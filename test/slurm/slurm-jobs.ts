/** The program on a real Slurm, with fake workers that do what a test tells them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from '../../harness/run/surroundings.js';
import { readAttempts } from '../../harness/store/attempts.js';
import { Program, smallTable, type Ran } from '../harness/cli/program.js';
import { fakeWorkerCommand, FakeWorkers } from '../harness/run/schedule/fake-workers.js';
import type { TestCluster } from './test-cluster.js';

const card = (index: number) => ({
  index,
  uuid: `GPU-${index}`,
  model: 'GPU X',
  memoryMebibytes: 16_000,
  driver: '1',
});
const node = { cpu: 'CPU Y', cores: [0, 1, 2, 3, 4, 5, 6, 7], memoryBytes: 2 ** 35, gpus: [0, 1, 2, 3].map(card) };
const script = fileURLToPath(new URL('../support/main-process.mjs', import.meta.url));

/** Two trainings that ask Slurm for the same, and one of them. */
export const both = [...smallTable, '--devices', 'cpu:1'];
export const one = ['table2', '--profile', 'quick', '--only', 'WRN-13-1', '--devices', 'cpu:1'];

export class SlurmJobs {
  readonly program = new Program();
  readonly site = join(this.program.reports, 'site.yaml');

  private constructor(
    private readonly cluster: TestCluster,
    readonly workers: FakeWorkers,
  ) {
    writeFileSync(this.site, 'pollSeconds: 0.3\nvisibleSeconds: 2\n');
  }

  static async open(cluster: TestCluster): Promise<SlurmJobs> {
    return new SlurmJobs(cluster, await FakeWorkers.listen());
  }

  run(args: readonly string[], changes: Partial<Surroundings> = {}): Promise<Ran> {
    return this.program.run([...args, ...this.#onSlurm], {
      environment: this.#environment,
      hardware: node,
      ...changes,
    });
  }

  /** The same in a process of its own, to be killed. */
  start(args: readonly string[]): ChildProcess {
    const surroundings = JSON.stringify({ worker: fakeWorkerCommand, hardware: node });
    const all = [script, surroundings, ...args, ...this.#onSlurm, '--reports-folder', this.program.reports];
    return spawn(process.execPath, all, { env: this.#environment, stdio: 'ignore' });
  }

  /** How the attempts of a job went: `['began', 'done']`. */
  outcomes(id: string): string[] {
    return readAttempts(this.program.store.folder(id)).map((line) =>
      line.type === 'ended' ? line.outcome : line.type,
    );
  }

  leases(id: string): string[] {
    return readdirSync(this.program.store.folder(id)).filter((name) => name.startsWith('lease'));
  }

  /** Ids of the tasks of this test's jobs, as squeue shows them. */
  ours(): string[] {
    return this.cluster.jobs().map((line) => line.split(' ')[0] ?? '');
  }

  async close(): Promise<void> {
    this.cluster.ask('scancel', '--user', userInfo().username);
    await this.workers.close();
    this.program.close();
  }

  get #onSlurm(): string[] {
    return ['--executor', 'slurm', '--site', this.site];
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...this.cluster.environment, FAKE_WORKER_SOCKET: this.workers.socketPath, CUDA_VISIBLE_DEVICES: '7' };
  }
}
