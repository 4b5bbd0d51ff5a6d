/** Where and how cells run: folders, devices, executor, store. */
import { join, resolve } from 'node:path';
import type { Cell } from '../experiment/cell.js';
import type { Machine } from '../experiment/machine.js';
import type { ExperimentPlan } from '../experiment/plan.js';
import { inProject } from '../project.js';
import { RunStore } from '../result/store.js';
import type { Executor } from '../schedule/executor.js';
import { LocalExecutor } from '../schedule/local-executor.js';
import { detectHardware, selectDevices, type Hardware, type SelectedDevices } from '../schedule/machine.js';
import type { ExperimentArguments } from './options.js';
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
}

/** Cells and where they run. */
export interface Runnable extends Site {
  readonly cells: readonly Cell[];
  readonly profile: ExperimentPlan['profile'];
}

export function foldersOf(args: Pick<ExperimentArguments, 'reportsFolder' | 'dataCache'>): Folders {
  const reports = resolve(args.reportsFolder ?? inProject('reports'));
  return { reports, runs: join(reports, 'runs'), dataCache: resolve(args.dataCache ?? inProject('datasets', 'cache')) };
}

/** @throws Problem DEVICES_INVALID, DEVICES_MISSING */
export async function openSite(args: ExperimentArguments, surroundings: Surroundings): Promise<Site> {
  const folders = foldersOf(args);
  const hardware = surroundings.hardware ?? (await detectHardware(surroundings.environment));
  const selected = selectDevices(args.devices, hardware, surroundings.slotNamespace);
  const executor = new LocalExecutor(surroundings.worker ? { worker: surroundings.worker } : {});
  const store = new RunStore(folders.runs, {
    endLeftovers: (lease) => {
      executor.endLeftovers(lease);
    },
  });
  return { folders, hardware, selected, executor, store };
}

/** What a plan needs to know of the machine. */
export const machineOf = (
  { selected, hardware }: Site,
  { engine }: Pick<ExperimentArguments, 'engine'>,
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
