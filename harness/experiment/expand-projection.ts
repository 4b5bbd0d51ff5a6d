/**
 * What it takes to project a speed-up that cannot be measured here: cells that time the operations of its networks one by
 * one. All of a network's operations are in a short one of its kind, so that one cell serves every depth, layout and table.
 */
import { defaultLayout, devicesOf, formatLayout, parseLayout, type Layout } from '../network/layout.js';
import { labelOf, type NetworkSpecification } from '../network/specification.js';
import type { TimingCell, TimingRow } from './cell.js';
import { notRun } from './expand-errors.js';
import { cellId } from './identity.js';
import { timingHardware } from './machine.js';
import { stepMemory } from './memory-estimate.js';
import type { NotRun, ProjectionPlan } from './plan.js';
import type { Protocol } from './protocol.js';
import type { TableContext } from './table-context.js';
import { memoryBudget, usableDevices } from './timing-limits.js';

/** A place whose speed-up is to be projected. */
export type ProjectedPlace = Omit<ProjectionPlan, 'skipped' | 'cells'> & { readonly protocol: Protocol };

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
  // The networks of two cells are never in memory together.
  while (
    Math.max(memoryOf(baseline.network, batch, protocol), memoryOf(network, batch / parts, protocol)) >
    memoryBudget(context)
  ) {
    if (batch % 2 !== 0 || (batch / 2) % parts !== 0)
      return notRun('MEMORY_TOO_SMALL', 'Its operations take more memory than there is, so that nothing is projected.');
    batch /= 2;
  }
  const cells = [
    operationsCell(baseline.network, baseline.layout, batch, protocol, context),
    operationsCell(network, layout, batch / parts, protocol, context),
  ];
  cells.forEach(add);
  return { skipped: false, network, layout, baseline, batch, cells: cells.map(({ id }) => id) };
}

/** Of both networks that a cell compiles. */
const memoryOf = (network: NetworkSpecification, batch: number, protocol: Protocol): number =>
  stepMemory(shortened(network), batch, protocol) + stepMemory(shortened(network, 1), batch, protocol);

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
 * Times a network on one device: the first unit or warp layer of a stage changes the shape and all others are alike, so
 * that two have every operation. Where the place's layout is on several devices, one warp layer is spread over those there
 * are as well, which tells what they do to each other.
 */
function operationsCell(
  full: NetworkSpecification,
  placeLayout: string,
  batch: number,
  protocol: Protocol,
  context: TableContext,
): TimingCell {
  const { machine } = context;
  const [alone, spread] = [shortened(full), shortened(full, 1)];
  const { derivativeTerms } = protocol;
  const devices = usableDevices(context);
  const spreads =
    devices > 1 && devicesOf(parseLayout(placeLayout)) > 1 && (full.family !== 'wrn' || batch % devices === 0);
  const rowOf = (network: NetworkSpecification, layout: Layout): TimingRow => {
    const text = formatLayout(layout);
    return { row: `${labelOf(network)} ${text}`, network, layout: text };
  };
  const layouts = [
    { network: alone, layout: defaultLayout(alone, 1, derivativeTerms) },
    ...(spreads ? [{ network: spread, layout: defaultLayout(spread, devices, derivativeTerms) }] : []),
  ];
  const cell = {
    kind: 'timing',
    title: `Operations of ${labelOf(alone)}, ${protocol.name}, batch ${batch}`,
    rows: layouts.map(({ network, layout }) => rowOf(network, layout)),
    protocol,
    batch,
    warmup: 1,
    rounds: 0,
    stepsPerRound: 1,
    inputPipeline: false,
    devices: Math.max(...layouts.map(({ layout }) => devicesOf(layout))),
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...cell, id: cellId(cell) };
}
