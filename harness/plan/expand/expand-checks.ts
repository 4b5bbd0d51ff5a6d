/**
 * Places that are both timed and projected, which says how far this machine's projections can be trusted: those that are
 * timed on several devices and whose operations the plan times anyway, for others. Where a plan projects and has none, it
 * times one of the projected networks on the devices there are, under each protocol.
 */
import { operations, timing, type Job } from '../../kinds/index.js';
import type { TimingJob } from '../../kinds/timing/job.js';
import type { ProjectionCheck, ProjectionPlan, TablePlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { comparisonJob, rowName } from './comparison-job.js';
import { planProjection } from './expand-projection.js';
import { timingRule, type TableContext } from './table-context.js';
import { memoryBudget, usableDevices } from './timing-limits.js';

/** A table with what it was expanded in. */
export interface ExpandedTable {
  readonly table: TablePlan;
  readonly context: TableContext;
}

/** @param jobs by id; `add` takes what no table asks for */
export function planChecks(
  tables: readonly ExpandedTable[],
  jobs: ReadonlyMap<string, Job>,
  add: (job: Job) => void,
): ProjectionCheck[] {
  // Without operations nothing is projected.
  if (![...jobs.values()].some((job) => operations.is(job))) return [];
  const free = tables.flatMap((table) => timedPlaces(table, jobs));
  if (free.length > 0) return distinct(free);
  const extra = new Map<string, ProjectionCheck>();
  for (const { table, context } of tables)
    for (const { projection } of [...table.entries, ...table.alsoShown]) {
      if (projection === null || projection.skipped) continue;
      const protocol = context.protocols.find(({ name }) => name === projection.protocol);
      if (protocol === undefined || extra.has(protocol.name)) continue;
      const found = timedForCheck(projection, protocol, context);
      if (found === null) continue;
      add(found.job);
      extra.set(protocol.name, found.check);
    }
  return [...extra.values()];
}

const distinct = (checks: readonly ProjectionCheck[]): ProjectionCheck[] => [
  ...new Map(checks.map((check) => [`${check.timing} ${check.row}`, check])).values(),
];

/** Of a table, what is timed on several devices and could be projected from a job that the plan has. */
function timedPlaces({ table, context }: ExpandedTable, jobs: ReadonlyMap<string, Job>): ProjectionCheck[] {
  return [...table.entries, ...table.alsoShown].flatMap(({ timing: timed }): ProjectionCheck[] => {
    if (timed.skipped || timed.layout.devices === 1) return [];
    const job = jobs.get(timed.job);
    const baseline = job !== undefined && timing.is(job) ? job.rows[0] : undefined;
    if (job === undefined || baseline === undefined || baseline.row === timed.row) return [];
    const { network, layout, batch } = timed;
    const place = { network, layout, baseline, batch, protocol: job.protocol };
    const projection = planProjection(place, context, () => undefined);
    if (projection.skipped || projection.batch !== batch || !jobs.has(projection.job)) return [];
    return [{ projection, timing: timed.job, row: timed.row }];
  });
}

/** The projected network on the devices there are; null where they or their memory do not hold it. */
function timedForCheck(
  projection: ProjectionPlan,
  protocol: Protocol,
  context: TableContext,
): { readonly job: TimingJob; readonly check: ProjectionCheck } | null {
  const { network, baseline, batch } = projection;
  const layout = network.defaultLayout(usableDevices(context), protocol);
  // Of another number of replicas the operations would be others.
  if (layout.devices === 1 || layout.replicas !== projection.layout.replicas) return null;
  const rule = { ...timingRule(context), ...context.overrides.timing };
  if (rule.projectAbove !== undefined && batch > rule.projectAbove) return null;
  const bytes = [network, baseline.network].map((own) => context.sizeOf(own, protocol, batch).peakBytes);
  if (bytes.reduce((sum, own) => sum + own) > memoryBudget(context)) return null;
  const compared = { network, layout };
  const { machine, matrix } = context;
  const job = comparisonJob({ paper: matrix.paper, machine, protocol, baseline, compared: [compared], batch, rule });
  return { job, check: { projection: { ...projection, layout }, timing: job.id, row: rowName(compared) } };
}
