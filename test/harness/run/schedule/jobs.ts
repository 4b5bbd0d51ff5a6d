/** Jobs to schedule; nothing in them is ever computed. */
import type { TrainingJob, TimingJob } from '../../../../harness/kinds/index.js';
import * as example from '../../../support/jobs.js';

const network = { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 };

export const trainingJob = (id: string, seed = 0): TrainingJob =>
  example.trainingJob({
    id,
    title: `WRN-13-1 on synthetic, ${id}`,
    training: { steps: 3, batch: 8, dropSteps: [], seed },
  });

export const timingJob = (id: string, devices = 2): TimingJob =>
  example.timingJob({
    id,
    title: `timing of WRN-13-1, ${id}`,
    rows: [example.timingRow('baseline', network, '[F1, F2]')],
    warmup: 0,
    rounds: 1,
    devices,
    hardware: 'cpu',
  });

export const execution = (devices: string, attempt: number) =>
  example.execution({ devices, attempt, engine: 'traced' });
