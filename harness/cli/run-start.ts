/** What a run says before it begins: the devices that it took, which data are not there, what stands in, and the way to change it. */
import { standInSentence, type DatasetStatus } from '../../datasets/status.js';
import type { DatasetName } from '../plan/dataset-facts.js';
import type { ExperimentPlan, PlannedEntry } from '../plan/plan.js';
import { describeDevices, type SelectedDevices } from '../run/devices/machine.js';

/** @param status of every data set, of which only those that rows ask for are told */
export function startSentences(
  plan: ExperimentPlan,
  selected: SelectedDevices,
  status: readonly DatasetStatus[],
): string[] {
  const entries = plan.tables.flatMap((table) => [...table.entries, ...table.alsoShown]);
  const missing = new Map<DatasetName, { standsIn: boolean; empty: number }>();
  for (const entry of entries) count(entry, missing);
  const data = [...missing].flatMap(([name, { standsIn, empty }]) => {
    const own = status.find((one) => one.name === name);
    if (own === undefined) return [];
    if (standsIn) return standInSentence(own) ?? [];
    return `${own.title} is not here: ${places(empty)} without a number. To change that: ${own.missing ?? ''}`;
  });
  return [`Devices: ${describeDevices(selected)}`, ...data];
}

function count(
  { dataset, error }: PlannedEntry,
  missing: Map<DatasetName, { standsIn: boolean; empty: number }>,
): void {
  if (dataset === null) return;
  const standsIn = !error.skipped && error.standIn !== null;
  if (!standsIn && !(error.skipped && error.code === 'DATA_MISSING')) return;
  const known = missing.get(dataset) ?? { standsIn, empty: 0 };
  missing.set(dataset, { standsIn, empty: known.empty + (standsIn ? 0 : 1) });
}

const places = (count: number): string =>
  count === 1 ? '1 place of the tables stays' : `${count} places of the tables stay`;
