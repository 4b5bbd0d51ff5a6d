/** Where and how jobs run: folders, devices, executor, store. */
import { join, resolve } from 'node:path';
import type { Job } from '../kinds/index.js';
import type { Machine } from '../plan/machine.js';
import type { ExperimentPlan } from '../plan/plan.js';
import type { Policy } from '../plan/profile/profile-file.js';
import type { SizeOf } from '../plan/step-size.js';
import { requireFolder } from '../core/files/make-folder.js';
import { inWorkplace } from '../core/project.js';
import { RunStore } from '../store/store.js';
import type { Executor } from './local/executor.js';
import { Allocator, type Room } from './devices/allocator.js';
import { LocalExecutor } from './local/local-executor.js';
import { anonymousSlots, QueuePlaces } from './slurm/queue/queue-places.js';
import { detectHardware, selectDevices, type Hardware, type SelectedDevices } from './devices/machine.js';
import type { Cluster } from './slurm/cluster.js';
import { clusterHardware, judgeOf, openCluster, slurmExecutor } from './slurm/open-cluster.js';
import type { SiteOptions } from './run-options.js';
import type { Surroundings } from './surroundings.js';

export interface Folders {
  /** `reports/` */
  readonly reports: string;
  /** `reports/runs/` */
  readonly runs: string;
  /** `datasets/cache/` */
  readonly dataCache: string;
}

export interface Site {
  readonly folders: Folders;
  readonly hardware: Hardware;
  readonly selected: SelectedDevices;
  readonly executor: Executor;
  readonly store: RunStore;
  /** Set where the jobs run there, or some were submitted there from this reports folder. */
  readonly cluster: Cluster | null;
}

/** Jobs and where they run. */
export interface Runnable extends Site {
  readonly jobs: readonly Job[];
  readonly profile: ExperimentPlan['profile'];
  /** How failures are dealt with. */
  readonly policy: Policy;
  /** How large steps are: what estimates rest on. */
  readonly sizeOf: SizeOf;
}

/** @throws Problem FILE_TROUBLE where there is a file, or where no folder can ever be */
export function foldersOf(args: Pick<SiteOptions, 'reportsFolder' | 'dataCache'>): Folders {
  const reports = resolve(args.reportsFolder ?? inWorkplace('reports'));
  const dataCache = resolve(args.dataCache ?? inWorkplace('datasets', 'cache'));
  requireFolder(reports, 'Name a folder with --reports-folder.');
  requireFolder(dataCache, 'Name a folder with --data-cache.');
  return { reports, runs: join(reports, 'runs'), dataCache };
}

/** @throws Problem DEVICES_INVALID, DEVICES_MISSING, and of the site file and Slurm */
export async function openSite(args: SiteOptions, surroundings: Surroundings): Promise<Site> {
  const folders = foldersOf(args);
  const cluster = await openCluster(args, folders.reports, surroundings);
  const onCluster = args.executor === 'slurm' ? cluster : null;
  const hardware =
    surroundings.hardware ??
    (onCluster ? await clusterHardware(onCluster, args, surroundings) : await detectHardware(surroundings.environment));
  const selected = selectDevices(args.devices, hardware, surroundings.slotNamespace);
  const { worker } = surroundings;
  const executor = onCluster ? slurmExecutor(onCluster, folders.runs, selected, worker) : new LocalExecutor({ worker });
  const store = new RunStore(folders.runs, await surroundings.papers(), {
    endLeftovers: (lease) => {
      executor.endLeftovers(lease);
    },
    judge: judgeOf(cluster, executor.name),
  });
  return { folders, hardware, selected, executor, store, cluster };
}

/** What the scheduler may hand out: this machine's devices, or places in the cluster's queue. */
export function roomOf({ executor, cluster, selected, hardware }: Site, jobs: number | undefined): Room {
  if (executor.name === 'slurm' && cluster)
    return new QueuePlaces(anonymousSlots(selected.slots.length), jobs ?? cluster.site.queued);
  return new Allocator(selected.slots, hardware.memoryBytes, jobs, hardware.cores.length);
}

/** How many jobs run side by side; of a cluster's queue nobody can say, so as many as may be in it. */
export function sideBySide(
  { executor, cluster, selected }: Omit<Site, 'store' | 'hardware' | 'folders'>,
  jobs = Infinity,
): number {
  if (executor.name === 'slurm' && cluster) return Math.min(jobs, cluster.site.running ?? cluster.site.queued);
  return Math.min(jobs, selected.selection.kind === 'cpu' ? 1 : selected.slots.length);
}

/** What a plan needs to know of the machine. */
export const machineOf = (
  { selected, hardware }: Site,
  { engine }: Pick<SiteOptions, 'engine'>,
  datasets: Machine['datasets'],
): Machine => ({
  devices: selected.selection,
  deviceCount: selected.count,
  hardware: selected.model,
  cores: hardware.cores.length,
  engine,
  memoryBytes: selected.memoryBytes,
  datasets,
});
