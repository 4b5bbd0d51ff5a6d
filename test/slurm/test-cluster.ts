/**
 * A real Slurm on this machine: controller, node daemon and munge of its own, on ports and in a folder of its own, with pretended
 * GPUs (/dev/null under several names). Runs as root or as an ordinary user, needs no cgroups, and never touches a system's Slurm.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '../tools.js';

export interface TestClusterOptions {
  readonly gpus?: number;
  readonly cpus?: number;
  /** Seconds after which the controller forgets a job that has ended. */
  readonly minJobAge?: number;
}

export class TestCluster {
  readonly #daemons = new Map<'munged' | 'slurmctld' | 'slurmd', ChildProcess>();

  private constructor(
    readonly folder: string,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start({ gpus = 4, cpus = 8, minJobAge = 3600 }: TestClusterOptions = {}): Promise<TestCluster> {
    // munged refuses a socket with a long path.
    const folder = mkdtempSync(join(tmpdir().length < 60 ? tmpdir() : '/tmp', 'slurm-'));
    // munged wants every user to be able to come to its socket.
    chmodSync(folder, 0o755);
    for (const name of ['state', 'spool', 'log', 'dev', 'munge']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'munge', 'key'), randomBytes(128), { mode: 0o600 });
    const [controllerPort, nodePort] = await Promise.all([freePort(), freePort()]);
    const me = userInfo().username;
    const host = hostname().split('.')[0] ?? 'localhost';
    writeFileSync(
      join(folder, 'slurm.conf'),
      `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=${me}
SlurmdUser=${me}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0
EnforcePartLimits=ALL
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MinJobAge=${minJobAge}
KillWait=2
GresTypes=gpu
NodeName=n0 NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=16000 Gres=gpu:${gpus} State=UNKNOWN
PartitionName=main Nodes=n0 Default=YES MaxTime=600 State=UP PriorityTier=1
PartitionName=urgent Nodes=n0 MaxTime=60 State=UP PriorityTier=2
`,
    );
    for (let gpu = 0; gpu < gpus; gpu++) symlinkSync('/dev/null', join(folder, 'dev', `gpu${gpu}`));
    writeFileSync(
      join(folder, 'gres.conf'),
      gpus > 0 ? `NodeName=n0 Name=gpu File=${folder}/dev/gpu[0-${gpus - 1}] Flags=nvidia_gpu_env\n` : '',
    );
    // Without it slurmd refuses to start where /sys/fs/cgroup is not mounted.
    writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n');
    const cluster = new TestCluster(folder, { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') });
    try {
      const munge = (name: string) => join(folder, 'munge', name);
      cluster.#run('munged', [
        '--foreground',
        `--key-file=${munge('key')}`,
        `--socket=${munge('socket')}`,
        `--pid-file=${munge('pid')}`,
        `--log-file=${munge('log')}`,
        `--seed-file=${munge('seed')}`,
      ]);
      await cluster.until('munged listens', () => existsSync(munge('socket')));
      cluster.startController();
      cluster.#run('slurmd', ['-D']);
      await cluster.until('the node is idle', () => cluster.ask('sinfo', '-h', '-p', 'main', '-o', '%t') === 'idle');
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  startController(): void {
    this.#run('slurmctld', ['-D']);
  }

  /** Never by SIGKILL: after one, a controller takes its running jobs for failed launches. */
  stopController(): Promise<void> {
    return this.#end('slurmctld');
  }

  /** Output of one of Slurm's programs; empty where it fails. */
  ask(program: string, ...args: string[]): string {
    try {
      return execFileSync(program, args, {
        env: this.environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 20_000,
      }).trim();
    } catch {
      return '';
    }
  }

  /** `squeue` of all jobs, a line a task: `17_3 RUNNING None`. */
  jobs(...options: string[]): string[] {
    const text = this.ask('squeue', '-h', '-r', '-o', '%i %T %r', ...options);
    return text === '' ? [] : text.split('\n');
  }

  async until(what: string, there: () => boolean, seconds = 20): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!there()) {
      if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}\n${this.#logs()}`);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    if (this.#daemons.has('slurmd')) {
      this.ask('scancel', '--user', userInfo().username);
      await this.until('the queue is empty', () => this.jobs().length === 0).catch(() => undefined);
    }
    for (const name of ['slurmd', 'slurmctld', 'munged'] as const) await this.#end(name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(name: 'munged' | 'slurmctld' | 'slurmd', args: readonly string[]): void {
    const log = openSync(join(this.folder, 'log', `${name}.out`), 'a');
    const daemon = spawn(which(name) ?? name, args, { env: this.environment, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#daemons.set(name, daemon);
  }

  async #end(name: 'munged' | 'slurmctld' | 'slurmd'): Promise<void> {
    const daemon = this.#daemons.get(name);
    this.#daemons.delete(name);
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await ended;
  }

  #logs(): string {
    const tail = (name: string) => {
      try {
        return readFileSync(join(this.folder, 'log', name), 'utf8')
          .split('\n')
          .slice(-12)
          .join('\n');
      } catch {
        return '';
      }
    };
    return ['munged.out', 'slurmctld.out', 'slurmd.out'].map((name) => `${name}:\n${tail(name)}`).join('\n');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
