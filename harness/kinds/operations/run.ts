/** Profiles steps of the rows in turns, in the subprocess, and keeps a price an operation. */
import { joinProfiles, type StepProfile } from '../../engine/step-graph.js';
import { operationTimes } from '../../project/costs/operation-times.js';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import { batchOf } from '../timing/job.js';
import { isDisturbing, otherLoadMeter } from '../rows/other-load.js';
import { withCoreProbe } from '../rows/core-probe.js';
import { openRows } from '../rows/open-rows.js';
import { profileInTurns } from '../rows/profiled-steps.js';
import { warmUp, type OpenRows } from '../rows/rows.js';
import { stepTitle, traceName, writeTrace } from '../rows/step-trace.js';
import { oneBatch } from '../timing/timing.js';
import type { OperationsJob } from './job.js';
import { profiling, warming } from './profiling.js';
import type { OperationsResult } from './result.js';

/** @throws Problem PROFILE_EMPTY where the engine times no operations, and of what is opened */
export function runOperations(
  job: OperationsJob,
  context: RunContext,
  open: OpenRows = openRows,
): Promise<Ended<OperationsResult>> {
  const { execution, tell, signal } = context;
  return withOpened(
    context,
    () => open(job, execution),
    async (parts): Promise<Ended<OperationsResult>> => {
      if (signal.aborted) return { stoppedAt: 0 };
      const { rows, batch } = await parts.prepare((detail) => {
        tell({ type: 'phase', phase: 'compiling', detail });
      });
      const nextBatch = oneBatch(batch);
      if (!(await warmUp(rows, warming, nextBatch, context))) return { stoppedAt: 0 };
      tell({ type: 'phase', phase: 'timing' });
      const taken = await withCoreProbe(job, execution, (probe) =>
        profileInTurns(rows, nextBatch, profiling, signal, otherLoadMeter(), probe),
      );
      if (taken === undefined) return { stoppedAt: 0 };
      const { otherLoad } = taken;
      const profiles = new Map([...taken.profiles].map(([{ row }, steps]) => [row, joinProfiles(steps)]));
      if (execution.trace) await traceRows(job, profiles, context);
      if (isDisturbing(otherLoad)) tell({ type: 'disturbed', otherLoad });
      const times = operationTimes([...profiles.values()]);
      if (times.unmatchedShare !== undefined) context.warn(unmatchedSentence(times.unmatchedShare));
      return { measured: { hardware: job.hardware, otherLoad, times } };
    },
  );
}

const unmatchedSentence = (share: number): string =>
  `${(100 * share).toFixed(1)} % of the kernels' time belongs to no operation of the graph, and to no price.`;

async function traceRows(
  job: OperationsJob,
  profiles: ReadonlyMap<string, StepProfile>,
  { folder, execution }: RunContext,
): Promise<void> {
  for (const row of job.rows) {
    const profile = profiles.get(row.row);
    const title = stepTitle(`${row.network.label} ${row.layout.text}`, batchOf(job, row), job.protocol, execution);
    if (profile) await writeTrace(folder, traceName(row.row), profile, title);
  }
}
