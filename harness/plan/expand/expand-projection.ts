/**
 * What it takes to project a speed-up that cannot be measured here: a cell that times the operations of the network and of
 * its baseline one by one. All of a network's operations are in a short one of its kind, so that one cell serves every depth,
 * layout and table. Both are in one cell, in turns: a machine at another speed a minute later would make a ratio of its own.
 */
import { defaultLayout, devicesOf, formatLayout, parseLayout, type Layout } from '../../../experiments/warpnet/layouts/layout.js';
import { labelOf, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { batchOf, type TimingCell, type TimingRow } from '../cell.js';
import { notRun } from './expand-errors.js';
import { cellId } from '../identity.js';
import { timingHardware } from '../machine.js';
import { stepMemory } from './memory-estimate.js';
import type { NotRun, ProjectionPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import type { TableContext } from './table-context.js';
import { memoryBudget, usableDevices } from './timing-limits.js';

/** A place whose speed-up is to be projected. */
export type ProjectedPlace = Omit<ProjectionPlan, 'skipped' | 'cell'> & { readonly protocol: Protocol };

/** Plans a projection, its batch halved until the operations fit the memory; `add` takes each cell. */
export function planProjection(
  { network, layout, baseline, batch: wanted, protocol }: ProjectedPlace,
  context: TableContext,
  add: (cell: TimingCell) => void,
): ProjectionPlan | NotRun {
  if (context.machine.engine !== 'traced')
    return notRun(
      'NO_PROFILE',
      `The engine ${context.machine.engine} cannot time single operations to project it from.`,
    );
  const parts = replicasOf(layout);
  let batch = wanted;
  let cell = operationsCell({ network, layout, baseline, batch, protocol }, parts, context);
  while (memoryOf(cell) > memoryBudget(context)) {
    if (batch % 2 !== 0 || (batch / 2) % parts !== 0)
      return notRun('MEMORY_TOO_SMALL', 'Its operations take more memory than there is, so that nothing is projected.');
    batch /= 2;
    cell = operationsCell({ network, layout, baseline, batch, protocol }, parts, context);
  }
  add(cell);
  return { skipped: false, network, layout, baseline, batch, cell: cell.id };
}

/** An upper bound: of all networks that a cell compiles, as if none gave back what it took. */
const memoryOf = (cell: TimingCell): number =>
  cell.rows.reduce((sum, row) => sum + stepMemory(row.network, batchOf(cell, row), cell.protocol), 0);

function replicasOf(text: string): number {
  const layout = parseLayout(text);
  return layout.kind === 'data-parallel' ? layout.replicas : 1;
}

/** A shorter network of the same kind: so many units or warp layers a stage at most. */
export function shortened(network: NetworkSpecification, most = 2): NetworkSpecification {
  if (network.family === 'wrn') return { ...network, unitsPerStage: Math.min(most, network.unitsPerStage) };
  return { ...network, Nwarp: Math.min(most, network.Nwarp) };
}

/**
 * Times baseline and network on one device: the first unit or warp layer of a stage changes the shape and all others are
 * alike, so that two have every operation. Where the layout is on several devices, one warp layer is spread over those there
 * are as well, which tells what they do to each other.
 * @param parts into how many the layout cuts the batch
 */
function operationsCell(
  { network: full, layout: wanted, baseline, batch, protocol }: ProjectedPlace,
  parts: number,
  context: TableContext,
): TimingCell {
  const { machine } = context;
  const { derivativeTerms } = protocol;
  const [alone, spread] = [shortened(full), shortened(full, 1)];
  const devices = usableDevices(context);
  const part = batch / parts;
  // Each device gets as much as it would of the layout asked for.
  const together = parts === 1 ? batch : part * devices;
  const most = Math.max(batch, together);
  const rowOf = (network: NetworkSpecification, layout: Layout, images: number): TimingRow => {
    const text = formatLayout(layout);
    const name = `${labelOf(network)} ${text}`;
    if (images === most) return { row: name, network, layout: text };
    return { row: `${name}, batch ${images}`, network, layout: text, batch: images };
  };
  const own = shortened(baseline.network);
  const rows = [rowOf(own, defaultLayout(own, 1), batch), rowOf(alone, defaultLayout(alone, 1, derivativeTerms), part)];
  if (devices > 1 && devicesOf(parseLayout(wanted)) > 1)
    rows.push(rowOf(spread, defaultLayout(spread, devices, derivativeTerms), together));
  const cell = {
    kind: 'timing',
    title: `Operations of ${labelOf(alone)}, ${protocol.name}, batch ${parts === 1 ? batch : `${part} of ${batch}`}`,
    rows,
    protocol,
    batch: most,
    warmup: 1,
    rounds: 0,
    stepsPerRound: 1,
    inputPipeline: false,
    devices: Math.max(...rows.map(({ layout }) => devicesOf(parseLayout(layout)))),
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...cell, id: cellId(cell) };
}
