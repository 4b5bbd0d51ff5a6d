/** A few real steps of each kind of network before days of training, so that their estimate rests on this device. */
import { median } from 'simple-statistics';
import type { Cell, ErrorCell, TimingCell, TimingRow } from '../../plan/cell.js';
import { shortened } from '../../plan/expand/expand-projection.js';
import { cellId } from '../../plan/identity.js';
import { timingHardware, type Machine } from '../../plan/machine.js';
import type { TablePlan } from '../../plan/plan.js';
import { defaultLayout, formatLayout } from '../../../experiments/warpnet/layouts/layout.js';
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import type { RunStore } from '../../store/store.js';
import type { MeasuredStep, SecondsOf } from './estimate.js';

/** Networks of one kind and width take times that the model scales well; each gets a cell, which later calls reuse. */
export function calibrationCells(cells: readonly Cell[], machine: Machine): TimingCell[] {
  const kinds = new Map<string, ErrorCell>();
  for (const cell of cells) {
    if (cell.kind !== 'error') continue;
    const kind = `${cell.network.family} ${cell.network.kw}`;
    if (!kinds.has(kind)) kinds.set(kind, cell);
  }
  return [...kinds.values()].map((cell) => calibrationCell(cell, machine));
}

function calibrationCell({ network: full, protocol, training: { batch } }: ErrorCell, machine: Machine): TimingCell {
  const network = shortened(full);
  const layout = formatLayout(defaultLayout(network, 1, protocol.derivativeTerms));
  const rows: TimingRow[] = [{ row: labelOf(network), network, layout }];
  const cell = {
    kind: 'timing',
    title: `Steps of ${labelOf(network)} for an estimate, ${protocol.name}, batch ${batch}`,
    rows,
    protocol,
    batch,
    warmup: 2,
    rounds: 1,
    stepsPerRound: 5,
    // As in training.
    inputPipeline: true,
    devices: 1,
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...cell, id: cellId(cell) };
}

/** What those of the cells that are done measured. */
export function measuredSteps(cells: readonly TimingCell[], store: RunStore): MeasuredStep[] {
  return cells.flatMap(({ id, rows: [row], batch }) => {
    const result = store.state(id) === 'done' ? store.result(id) : null;
    const milliseconds = result?.kind === 'timing' ? result.rows[0]?.milliseconds : undefined;
    if (row === undefined || milliseconds === undefined || milliseconds.length === 0) return [];
    return [{ network: row.network, batch, seconds: median([...milliseconds]) / 1000 }];
  });
}

/** Device hours of the cells that are still to run, by table: a shared cell counts for the first that shows it. */
export function hoursByTable(
  tables: readonly TablePlan[],
  cells: readonly Cell[],
  secondsOf: SecondsOf,
): { readonly table: string; readonly hours: number }[] {
  const left = new Map(cells.map((cell) => [cell.id, cell]));
  return tables.map(({ id: table, entries, alsoShown }) => {
    let seconds = 0;
    const take = (id: string): void => {
      const cell = left.get(id);
      if (cell === undefined) return;
      left.delete(id);
      seconds += secondsOf(cell) * (cell.kind === 'timing' ? cell.devices : 1);
    };
    for (const { error, timing } of [...entries, ...alsoShown]) {
      if (!error.skipped) error.cells.forEach(take);
      if (!timing.skipped) take(timing.cell);
    }
    return { table, hours: seconds / 3600 };
  });
}
