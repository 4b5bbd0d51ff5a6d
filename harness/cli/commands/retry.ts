/** `reproduce retry [ids…]`: runs cells that failed again; named ones also when they are done. */
import { timingHardware, type Machine } from '../../plan/machine.js';
import type { Cell } from '../../plan/cell.js';
import { Problem } from '../../core/problem.js';
import { readCell } from '../../store/read-cell.js';
import type { RunStore } from '../../store/store.js';
import { availableData } from '../../plan/expand/available-data.js';
import { detachCells } from '../../run/slurm/detach-cells.js';
import { exitCodes } from '../exit-codes.js';
import type { RunArguments } from '../options.js';
import { runCells, tellTheRest } from '../../run/run-cells.js';
import { machineOf, openSite, type Runnable } from '../../run/site.js';
import type { Surroundings } from '../surroundings.js';

export interface RetryArguments extends RunArguments {
  readonly ids?: readonly string[] | undefined;
}

export async function retryCommand(args: RetryArguments, surroundings: Surroundings): Promise<number> {
  const site = await openSite(args, surroundings);
  const { store, folders } = site;
  const machine = machineOf(site, args, await availableData(folders.dataCache, new Set(), []));
  const named = args.ids ?? [];
  const asked = named.length > 0 ? named.flatMap((text) => idsOf(text, store)) : failedOnes(store);
  const cells = asked
    .flatMap((id) => readCell(store.folder(id)) ?? [])
    .filter((cell) => fits(cell, machine, surroundings));
  if (cells.length === 0) {
    surroundings.messages.write(named.length > 0 ? 'Nothing to run again here.\n' : 'No cell has failed.\n');
    if (args.json)
      surroundings.output.write(`${JSON.stringify({ exitCode: 0, done: [], failed: [], unfinished: [] })}\n`);
    return exitCodes.done;
  }
  const runnable: Runnable = { ...site, cells, profile: args.profile };
  const anew = new Set(named.length > 0 ? asked : []);
  if (args.detach) return detachCells(runnable, args, surroundings, anew);
  const run = await runCells(runnable, args, surroundings, anew);
  const { exitCode, summary } = run;
  if (args.json) surroundings.output.write(`${JSON.stringify(summary, null, 2)}\n`);
  else tellTheRest(run, surroundings);
  if (!args.json && exitCode === exitCodes.done)
    surroundings.messages.write('Write the tables again with `npm run reproduce -- report`.\n');
  return exitCode;
}

const failedOnes = (store: RunStore): string[] =>
  store
    .ids()
    .filter((id) => store.state(id) === 'failed')
    .sort();

/** @throws Problem RUN_UNKNOWN */
function idsOf(text: string, store: RunStore): string[] {
  const found = store.ids().filter((id) => id.startsWith(text));
  if (found.length === 0)
    throw new Problem('RUN_UNKNOWN', `No run's id begins with "${text}"`, '`npm run reproduce -- status` lists them.');
  return found;
}

/** A timing of other hardware cannot be measured here. */
function fits(cell: Cell, machine: Machine, { messages }: Surroundings): boolean {
  if (cell.kind === 'error' || (cell.hardware === timingHardware(machine) && cell.devices <= machine.deviceCount))
    return true;
  messages.write(`${cell.title}: it was to be timed on ${cell.hardware}, which this is not; left out\n`);
  return false;
}
