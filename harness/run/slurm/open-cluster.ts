/** How the commands come to a Slurm cluster: where jobs run there, and where earlier ones were submitted there. */
import { existsSync } from 'node:fs';
import { parseDevices } from '../../engine/devices/selection.js';
import { Problem } from '../../core/problem.js';
import { livenessOf, type Judge } from '../../store/lease.js';
import type { Executor } from '../local/executor.js';
import type { Hardware, SelectedDevices } from '../devices/machine.js';
import { Cluster, slurmFolder } from './cluster.js';
import { SlurmAway } from './commands.js';
import { nodeHardware } from './node-hardware.js';
import { SlurmExecutor } from './slurm-executor.js';
import type { SiteOptions } from '../run-options.js';
import type { Surroundings } from '../surroundings.js';

type ClusterArguments = Pick<SiteOptions, 'executor' | 'site'>;

/**
 * Null where nothing runs or ever ran on a cluster from this reports folder. What the queue says is asked once, so that leases can
 * be judged; where it does not answer, leases of jobs stay as they are.
 * @throws Problem of the site file; SLURM_MISSING where jobs are to run there
 */
export async function openCluster(
  args: ClusterArguments,
  reports: string,
  { environment, messages }: Surroundings,
): Promise<Cluster | null> {
  const wanted = args.executor === 'slurm';
  if (!wanted && !existsSync(slurmFolder(reports))) return null;
  const cluster = Cluster.open(args.site, reports, environment);
  try {
    await cluster.table.refresh();
  } catch (error) {
    if (error instanceof SlurmAway) messages.write('Slurm does not answer now.\n');
    else if (wanted || !(error instanceof Problem)) throw error;
  }
  return cluster;
}

/** What jobs will compute with: a node of the cluster, or this machine. */
export async function clusterHardware(
  { site, commands, folder }: Cluster,
  { devices, planning = false }: Pick<SiteOptions, 'devices' | 'planning'>,
  { messages }: Surroundings,
): Promise<Hardware> {
  const kind = devices === undefined ? undefined : kindOf(devices);
  const tell = (message: string) => messages.write(`${message}\n`);
  try {
    return await nodeHardware({ site, commands, folder, kind, mayAsk: !planning, tell });
  } catch (error) {
    if (!(error instanceof SlurmAway)) throw error;
    throw new Problem('SLURM_AWAY', `Slurm does not answer: ${error.message}`, 'Try again when `squeue` answers.');
  }
}

const kindOf = (devices: string): 'cpu' | 'gpu' => {
  const { kind } = parseDevices(devices);
  return kind === 'cpu' || kind === 'cores' ? 'cpu' : 'gpu';
};

export function slurmExecutor(
  { commands, table, site, folder }: Cluster,
  runs: string,
  { selection }: SelectedDevices,
  worker: readonly string[],
): SlurmExecutor {
  const kind = selection.kind === 'cpu' || selection.kind === 'cores' ? 'cpu' : 'gpu';
  return new SlurmExecutor({ commands, table, site, kind, folders: { runs, slurm: folder }, worker });
}

/** Leases of jobs by the queue, others by the process table; a worker of the other kind cannot be taken over. */
export function judgeOf(cluster: Cluster | null, executor: Executor['name']): Judge {
  return (lease) => {
    const isJob = lease.job !== null;
    const liveness = isJob && cluster ? cluster.judge(lease) : livenessOf(lease);
    return liveness === 'orphaned' && isJob !== (executor === 'slurm') ? 'elsewhere' : liveness;
  };
}
