/** A timing job whose rows only note when they ran. */
import { type TimingJob } from '../../../../harness/kinds/index.js';
import type { CardState } from '../../../../harness/core/process/card-state.js';
import type { Told } from '../../../../harness/store/events.js';
import type { Batch } from '../../../../harness/kinds/training/program.js';
import type { CoreProbe } from '../../../../harness/kinds/rows/core-probe.js';
import type { TimedRow } from '../../../../harness/kinds/rows/rows.js';
import { time } from '../../../../harness/kinds/timing/timing.js';
import { emptyFolder } from '../../../support/run-folders.js';

export const never = new AbortController().signal;
export const batch: Batch = { images: new Float32Array(1), labels: new Int32Array(1) };

/** Runs a timing job with rows that only note when they ran. */
export async function timed(
  job: TimingJob,
  options: {
    readonly signal?: AbortSignal;
    readonly onStep?: (row: string) => void;
    readonly profile?: TimedRow['profile'];
    /** Reads the load of others after a step; by default there is none. */
    readonly otherLoad?: () => number | null;
    readonly probe?: CoreProbe;
    readonly feed?: TimedRow['feed'];
    readonly cards?: () => Promise<readonly CardState[]>;
  } = {},
) {
  const folder = emptyFolder();
  const order: string[] = [];
  const asked: number[] = [];
  const told: Told[] = [];
  const rows = job.rows.map(({ row, layout }): TimedRow => ({
    row,
    layout: layout.text,
    parameters: 1,
    compileSeconds: 1,
    step: async () => {
      order.push(row);
      options.onStep?.(row);
    },
    profile: options.profile,
    feed: options.feed,
  }));
  const outcome = await time({
    job,
    folder,
    rows,
    batch: async (step) => {
      asked.push(step);
      return batch;
    },
    tell: (event) => void told.push(event),
    signal: options.signal ?? never,
    otherLoad: options.otherLoad ?? (() => 0),
    cards: options.cards,
    probe: options.probe,
  });
  return { folder, order, asked, told, outcome };
}
