/** Times a comparison group in the subprocess, and draws its steps where that is asked for or says more than their times. */
import { readCardStates } from '../../core/process/card-state.js';
import { visibleGpus } from '../../engine/devices/visible-gpus.js';
import type { Ended } from '../result.js';
import { withOpened, type RunContext } from '../run-context.js';
import { batchOf, type TimingJob } from './job.js';
import { withCoreProbe } from '../rows/core-probe.js';
import { isDisturbing } from '../rows/other-load.js';
import type { TimingResult } from './result.js';
import { openRows } from '../rows/open-rows.js';
import type { OpenRows } from '../rows/rows.js';
import { stepTitle, traceName, writeTrace } from '../rows/step-trace.js';
import { time, type TimingWork } from './timing.js';

/** Where layouts are compared, the report draws the steps side by side. */
const comparesLayouts = ({ devices }: TimingJob): boolean => devices > 1;

/** @throws Problem of what is opened */
export function runTiming(
  job: TimingJob,
  context: RunContext,
  open: OpenRows = openRows,
): Promise<Ended<TimingResult>> {
  const { folder, execution, tell, signal } = context;
  return withOpened(
    context,
    () => open(job, execution),
    async (parts) => {
      if (signal.aborted) return { stoppedAt: 0 };
      const { rows, batch } = await parts.prepare((detail) => {
        tell({ type: 'phase', phase: 'compiling', detail });
      });
      const byName = new Map(job.rows.map((row) => [row.row, row]));
      const onProfile: TimingWork['onProfile'] = async (name, profile) => {
        const row = byName.get(name);
        if (row === undefined || !(execution.trace || comparesLayouts(job))) return;
        const step = `${row.network.label} ${row.layout.text}`;
        const title = stepTitle(step, batchOf(job, row), job.protocol, execution);
        await writeTrace(folder, traceName(name), profile, title);
      };
      const { gpus } = await visibleGpus(execution.devices);
      const cards = gpus.length === 0 ? undefined : () => readCardStates(gpus.map(({ uuid }) => uuid));
      const timed = await withCoreProbe(job, execution, (probe) =>
        time({ job, folder, rows, batch, tell, signal, cards, onProfile, probe }),
      );
      if ('stoppedAt' in timed) return timed;
      if (isDisturbing(timed.otherLoad)) tell({ type: 'disturbed', otherLoad: timed.otherLoad });
      return { measured: { hardware: job.hardware, ...timed } };
    },
  );
}
