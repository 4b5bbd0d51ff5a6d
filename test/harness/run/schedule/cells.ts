/** Jobs to schedule; nothing in them is ever computed. */
import type { ErrorCell, TimingCell } from '../../../../harness/kinds/index.js';
import { execution as anyExecution, timingJob, timingRow, trainingJob } from '../../../support/jobs.js';

const network = { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 };

export const errorCell = (id: string, seed = 0): ErrorCell =>
  trainingJob({ id, title: `WRN-13-1 on synthetic, ${id}`, training: { steps: 3, batch: 8, dropSteps: [], seed } });

export const timingCell = (id: string, devices = 2): TimingCell =>
  timingJob({
    id,
    title: `timing of WRN-13-1, ${id}`,
    rows: [timingRow('baseline', network, '[F1, F2]')],
    warmup: 0,
    rounds: 1,
    devices,
    hardware: 'cpu',
  });

export const execution = (devices: string, attempt: number) => anyExecution({ devices, attempt, engine: 'traced' });
