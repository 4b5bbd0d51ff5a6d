/** What every job whose rows take turns on the devices needs of a machine. */
import type { SizeOf } from '../../plan/step-size.js';
import { stepSeconds, type DeviceKind } from '../step-time.js';
import { logBytes } from '../stored-job.js';
import { batchOf, type RowsOnDevices } from '../timing/job.js';

/** Part of a kind of work: see `JobKind`. */
export const rowsNeeds = {
  tensorFlow: true,
  devices: ({ devices }: RowsOnDevices) => devices,
  alone: true,
  bound: ({ hardware, engine, devices }: RowsOnDevices) => ({ hardware, engine, devices }),
  // One step at a time needs its activations.
  memoryBytes: (job: RowsOnDevices, sizeOf: SizeOf) =>
    Math.max(...job.rows.map((row) => sizeOf(row.network, job.protocol, batchOf(job, row)).peakBytes)),
  diskBytes: () => logBytes,
  repeats: () => null,
  resumes: false,
  whenStopped: 'it will begin anew, since its rows have to be timed side by side',
} as const;

/** Seconds of one step of each row, by estimate. */
export const turnSeconds = (job: RowsOnDevices, device: DeviceKind, sizeOf: SizeOf): number =>
  job.rows.reduce(
    (sum, row) => sum + stepSeconds(sizeOf(row.network, job.protocol, batchOf(job, row)), device, 'direct'),
    0,
  );
