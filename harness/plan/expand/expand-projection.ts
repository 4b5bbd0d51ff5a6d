/**
 * What it takes to project a speed-up that cannot be measured here: a job that times the operations of the network and of
 * its baseline one by one. All of a network's operations are in a short one of its kind, and networks that differ in how
 * often they have each share a job: one serves every depth, layout and table. Both are in one job, in turns: a machine at
 * another speed a minute later would make a ratio of its own.
 */
import { jobId } from '../../kinds/identity.js';
import type { OperationsJob } from '../../kinds/operations/job.js';
import { batchOf, type TimingRow } from '../../kinds/timing/job.js';
import { notRun, type NotRun } from '../not-run.js';
import type { Layout } from '../paper/layout.js';
import type { Network } from '../paper/network.js';
import { timingHardware } from '../machine.js';
import type { ProjectionPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import type { TableContext } from './table-context.js';
import { memoryBudget, usableDevices } from './timing-limits.js';

/** A place whose speed-up is to be projected. */
export type ProjectedPlace = Omit<ProjectionPlan, 'skipped' | 'protocol' | 'job'> & { readonly protocol: Protocol };

/** What a projection needs of a table. */
export type ProjectionContext = Pick<TableContext, 'machine' | 'sizeOf'> & {
  readonly matrix: Pick<TableContext['matrix'], 'paper'>;
};

/** Plans a projection, its batch halved until the operations fit the memory; `add` takes each job. */
export function planProjection(
  { network, layout, baseline, batch: wanted, protocol }: ProjectedPlace,
  context: ProjectionContext,
  add: (job: OperationsJob) => void,
): ProjectionPlan | NotRun {
  if (context.machine.engine !== 'traced') return notRun({ code: 'NO_PROFILE', engine: context.machine.engine });
  const parts = layout.replicas;
  let batch = wanted;
  let job = operationsJob({ network, layout, baseline, batch, protocol }, parts, context);
  while (memoryOf(job, context) > memoryBudget(context)) {
    if (batch % 2 !== 0 || (batch / 2) % parts !== 0) return notRun({ code: 'OPERATIONS_TOO_LARGE' });
    batch /= 2;
    job = operationsJob({ network, layout, baseline, batch, protocol }, parts, context);
  }
  add(job);
  return { skipped: false, network, layout, baseline, batch, protocol: protocol.name, job: job.id };
}

/** An upper bound: of all networks that a job compiles, as if none gave back what it took. */
const memoryOf = (job: OperationsJob, context: ProjectionContext): number =>
  job.rows.reduce((sum, row) => sum + context.sizeOf(row.network, job.protocol, batchOf(job, row)).peakBytes, 0);

/**
 * Times baseline and network on one device: the first repetition of a stage's layers changes the shape and all others
 * are alike, so that two have every operation. Where the layout is on several devices, a network with one repetition is
 * spread over those there are as well, which tells what they do to each other.
 * @param parts into how many the layout cuts the batch
 */
function operationsJob(
  { network: full, layout: wanted, baseline, batch, protocol }: ProjectedPlace,
  parts: number,
  context: ProjectionContext,
): OperationsJob {
  const { machine } = context;
  const [alone, spread] = [full.shortened(2), full.shortened(1)];
  const devices = usableDevices(context);
  const part = batch / parts;
  // Each device gets as much as it would of the layout asked for.
  const together = parts === 1 ? batch : part * devices;
  const most = Math.max(batch, together);
  const rowOf = (network: Network, layout: Layout, images: number): TimingRow => {
    const name = `${network.label} ${layout.text}`;
    if (images === most) return { row: name, network, layout };
    return { row: `${name}, batch ${images}`, network, layout, batch: images };
  };
  const own = baseline.network.shortened(2);
  const rows = [
    rowOf(own, own.defaultLayout(1, protocol), batch),
    rowOf(alone, alone.defaultLayout(1, protocol), part),
  ];
  if (devices > 1 && wanted.devices > 1) rows.push(rowOf(spread, spread.defaultLayout(devices, protocol), together));
  const needed = Math.max(...rows.map(({ layout }) => layout.devices));
  const images = `batch ${parts === 1 ? batch : `${part} of ${batch}`}`;
  const devicesText = needed === 1 ? '1 device' : `1 and ${needed} devices`;
  const job = {
    kind: 'operations',
    paper: context.matrix.paper.id,
    title: `Operations of ${alone.title} and ${own.title}, ${protocol.name}, ${images}, on ${devicesText}`,
    rows,
    protocol,
    prices: pricesOf(rows, protocol, most, context),
    batch: most,
    devices: needed,
    engine: machine.engine,
    hardware: timingHardware(machine),
  } as const;
  return { ...job, id: jobId(context.matrix.paper, job) };
}

/** What rows on one device price: those on several have the same operations. */
function pricesOf(
  rows: readonly TimingRow[],
  protocol: Protocol,
  batch: number,
  { sizeOf }: ProjectionContext,
): string[] {
  const alone = rows.filter(({ layout }) => layout.devices === 1);
  const names = alone.map((row) => {
    const images = batchOf({ batch }, row);
    return `${sizeOf(row.network, protocol, images).distinctOperations}, batch ${images}`;
  });
  return [...new Set(names)].sort();
}
