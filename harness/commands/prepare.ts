/** From the command line to a plan and a place to run it: what every command that knows about experiments begins with. */
import { join, resolve } from 'node:path';
import type { Cell, DatasetName } from '../experiment/cell.js';
import { expand } from '../experiment/expand.js';
import { ExperimentFolder, paperTables } from '../experiment/experiment-folder.js';
import type { Machine } from '../experiment/machine.js';
import type { Matrix } from '../experiment/matrix.js';
import { parseOverrides } from '../experiment/overrides.js';
import type { ExperimentPlan } from '../experiment/plan.js';
import type { Profile } from '../experiment/profile-file.js';
import { wantedImageCounts } from '../experiment/training-plan.js';
import { Problem } from '../problem.js';
import { inProject } from '../project.js';
import { RunStore } from '../result/store.js';
import { LocalExecutor } from '../schedule/local-executor.js';
import { detectHardware, selectDevices, type Hardware, type SelectedDevices } from '../schedule/machine.js';
import { availableData } from './available-data.js';
import { parseSeeds, type ExperimentArguments } from './options.js';
import type { Surroundings } from './surroundings.js';

export interface Folders {
  /** `reports/` */
  readonly reports: string;
  /** `reports/runs/` */
  readonly runs: string;
  /** `datasets/cache/` */
  readonly dataCache: string;
}

export interface Prepared {
  readonly folders: Folders;
  readonly hardware: Hardware;
  readonly selected: SelectedDevices;
  readonly machine: Machine;
  readonly plan: ExperimentPlan;
  /** The plan's cells that `--only` lets through. */
  readonly cells: readonly Cell[];
  readonly executor: LocalExecutor;
  readonly store: RunStore;
}

export function foldersOf(args: Pick<ExperimentArguments, 'reportsFolder' | 'dataCache'>): Folders {
  const reports = resolve(args.reportsFolder ?? inProject('reports'));
  return { reports, runs: join(reports, 'runs'), dataCache: resolve(args.dataCache ?? inProject('datasets', 'cache')) };
}

/** @throws Problem of everything that a user can name and that is not there. */
export async function prepare(args: ExperimentArguments, surroundings: Surroundings): Promise<Prepared> {
  const folders = foldersOf(args);
  const folder = new ExperimentFolder(surroundings.experimentsFolder);
  const matrices = matricesOf(args, folder);
  const overrides = parseOverrides(args.set ?? []);
  const seeds = args.seeds === undefined ? undefined : parseSeeds(args.seeds);
  const alsoShown = matrices.flatMap(({ also }) => also.map(({ table }) => folder.matrix(table)));
  const profiles = [...new Set([args.profile, ...matrices.flatMap(({ profile }) => profile ?? [])])].map((name) =>
    folder.profile(name),
  );
  const hardware = surroundings.hardware ?? (await detectHardware(surroundings.environment));
  const selected = selectDevices(args.devices, hardware);
  const machine: Machine = {
    devices: selected.selection,
    deviceCount: selected.count,
    hardware: selected.model,
    cores: hardware.cores.length,
    engine: args.engine,
    memoryBytes: selected.memoryBytes,
    datasets: await availableData(
      folders.dataCache,
      wantedDatasets([...matrices, ...alsoShown], profiles),
      wantedImageCounts(profiles, matrices, overrides),
    ),
  };
  const plan = expand({
    matrices,
    profile: args.profile,
    ...(args.protocol ? { protocols: args.protocol.flatMap((names) => names.split(';')) } : {}),
    overrides,
    ...(seeds ? { seeds } : {}),
    machine,
    folder,
  });
  const executor = new LocalExecutor(surroundings.worker ? { worker: surroundings.worker } : {});
  const store = new RunStore(folders.runs, {
    endLeftovers: (lease) => {
      executor.endLeftovers(lease);
    },
  });
  return { folders, hardware, selected, machine, plan, cells: chosen(plan.cells, args.only), executor, store };
}

/** Those of the rows, and what may stand in for them. */
function wantedDatasets(matrices: readonly Matrix[], profiles: readonly Profile[]): Set<DatasetName> {
  const named = matrices.flatMap(({ rows }) => rows.map(({ dataset }) => dataset));
  return new Set([...named, ...profiles.flatMap(({ standIns }) => Object.values(standIns))]);
}

function matricesOf(args: ExperimentArguments, folder: ExperimentFolder): Matrix[] {
  if (args.file !== undefined) return [folder.matrixAt(args.file)];
  const names = args.all ? paperTables : [...new Set(args.tables ?? [])];
  if (names.length === 0)
    throw new Problem(
      'TABLE_MISSING',
      'Which table?',
      `Name one or more of ${folder.matrixNames().join(', ')}, or use --all. \`npm run reproduce -- --help\` lists everything.`,
    );
  return names.map((name) => folder.matrix(name));
}

/** @throws Problem ONLY_NOTHING */
function chosen(cells: readonly Cell[], only: readonly string[] | undefined): readonly Cell[] {
  if (only === undefined || only.length === 0) return cells;
  const wanted = only.map((text) => text.toLowerCase());
  const found = cells.filter(({ id, title }) =>
    wanted.some((text) => id.startsWith(text) || title.toLowerCase().includes(text)),
  );
  if (found.length === 0 && cells.length > 0)
    throw new Problem(
      'ONLY_NOTHING',
      `No cell matches --only ${only.join(' ')}`,
      'It wants the beginning of an id or a part of a title, as `plan` lists them.',
    );
  return found;
}
