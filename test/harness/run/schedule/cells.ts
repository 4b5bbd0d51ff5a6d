/** Cells to schedule; nothing in them is ever computed. */
import type { ErrorCell, TimingCell } from '../../../../harness/plan/cell.js';
import type { Execution } from '../../../../harness/store/execution.js';
import { protocol } from '../../protocol.js';

export const errorCell = (id: string, seed = 0): ErrorCell => ({
  kind: 'error',
  id,
  title: `WRN-13-1 on synthetic, ${id}`,
  network: { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 },
  dataset: 'synthetic',
  dataChecksum: '0',
  trainImages: null,
  protocol,
  training: {
    steps: 3,
    batch: 8,
    learningRate: 0.1,
    dropSteps: [],
    dropFactor: 0.1,
    weightDecay: 0,
    evaluateEvery: 1,
    seed,
  },
  replicas: 1,
});

export const timingCell = (id: string, devices = 2): TimingCell => ({
  kind: 'timing',
  id,
  title: `timing of WRN-13-1, ${id}`,
  rows: [{ row: 'baseline', network: { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 }, layout: '[F1, F2]' }],
  protocol,
  batch: 8,
  warmup: 0,
  rounds: 1,
  stepsPerRound: 2,
  inputPipeline: false,
  devices,
  engine: 'traced',
  hardware: 'cpu',
});

export const execution = (devices: string, attempt: number): Execution => ({
  devices,
  engine: 'traced',
  attempt,
  dataCache: '/nowhere',
  checkpointSeconds: 0,
  deterministic: false,
  tf32: false,
  trace: false,
  tensorboard: false,
});
