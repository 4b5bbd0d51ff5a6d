/** Jobs of each kind of work, small and whole; a test changes what it is about. */
import type { AnalysisJob, TrainingJob, OperationsJob, TimingJob, TrialsJob } from '../../harness/kinds/index.js';
import type { TimingRow } from '../../harness/kinds/timing/job.js';
import type { Training } from '../../harness/kinds/training/job.js';
import type { Execution } from '../../harness/store/execution.js';
import { ExperimentFolder } from '../../harness/plan/experiment-folder.js';
import { protocol } from '../harness/protocol.js';
import { papers, warpnetNetwork } from './papers.js';

/** Of a paper without options of its own. */
const usualProtocol = new ExperimentFolder(papers.named('shortcut')).protocol('paper');

/** WRN-7-1. */
export const smallNetwork = warpnetNetwork({ family: 'wrn', unitsPerStage: 1, kw: 1, classes: 10 });

export function trainingJob({
  training,
  ...changes
}: Partial<Omit<TrainingJob, 'training'>> & { readonly training?: Partial<Training> } = {}): TrainingJob {
  return {
    kind: 'error',
    id: 'e-0123456789abcdef',
    title: 'WRN-7-1 on synthetic',
    paper: 'warpnet',
    network: smallNetwork,
    dataset: 'synthetic',
    dataChecksum: '0'.repeat(64),
    trainImages: null,
    protocol,
    training: {
      steps: 12,
      batch: 5,
      learningRate: 0.1,
      dropSteps: [6],
      dropFactor: 0.1,
      weightDecay: 0.0005,
      evaluateEvery: 4,
      seed: 0,
      ...training,
    },
    replicas: 1,
    ...changes,
  };
}

export function timingRow(row: string, network: Parameters<typeof warpnetNetwork>[0], layout: string): TimingRow {
  const placed = warpnetNetwork(network);
  return { row, network: placed, layout: placed.layout(layout, protocol) };
}

/** A baseline and two rows that refer to it. */
const rows = [
  timingRow('baseline', { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 }, '[F1, F2]'),
  timingRow('warpnet1', { family: 'warpnet1', K: 2, Nwarp: 1, kw: 1, classes: 10 }, "[F1] [F2, F2'x1]"),
  timingRow('warpnet2', { family: 'warpnet2', K: 2, Nwarp: 1, kw: 1, classes: 10 }, "[F1] [F2, F2'F1]"),
];

const onDevices = {
  paper: 'warpnet',
  protocol,
  rows,
  batch: 4,
  devices: 2,
  engine: 'traced',
  hardware: 'test',
} as const;

export const timingJob = (changes: Partial<TimingJob> = {}): TimingJob => ({
  kind: 'timing',
  id: 't-0123456789abcdef',
  title: 'K = 2',
  ...onDevices,
  warmup: 1,
  rounds: 2,
  stepsPerRound: 2,
  inputPipeline: false,
  ...changes,
});

export const operationsJob = (changes: Partial<OperationsJob> = {}): OperationsJob => ({
  kind: 'operations',
  id: 'o-0123456789abcdef',
  title: 'Operations of K = 2',
  ...onDevices,
  prices: ['operations, batch 4'],
  ...changes,
});

/** Ten trials of one of the project's own problems. */
export const trialsJob = (changes: Partial<TrialsJob> = {}): TrialsJob => ({
  kind: 'trials',
  id: 'r-0123456789abcdef',
  title: '10 trials of plain descent',
  paper: 'shortcut',
  problem: 'plain',
  specification: { patches: 16, patchInputs: 8, sumRatio: 1, teacherAngle: 60, stepInputs: 'all' },
  trials: 10,
  seed: 0,
  protocol: usualProtocol,
  ...changes,
});

/** What two analyses find in a small WRN, before and after its training. */
export const analysisJob = (changes: Partial<AnalysisJob> = {}): AnalysisJob => ({
  ...trainingJob(),
  kind: 'analysis',
  id: 'a-0123456789abcdef',
  title: 'remainder, descent of WRN-7-1 on synthetic',
  measurements: ['remainder', 'descent'],
  at: [0, 12],
  batches: 2,
  batch: 5,
  ...changes,
});

export function execution(changes: Partial<Execution> = {}): Execution {
  return {
    devices: 'cpu:1',
    engine: 'cpu',
    attempt: 1,
    dataCache: '/nonexistent',
    checkpointSeconds: 0,
    deterministic: true,
    tf32: false,
    trace: false,
    tensorboard: false,
    ...changes,
  };
}
