/** Cells that nobody computes, with results of a usual size. */
import type { ErrorCell } from '../../harness/experiment/cell.js';
import { cellId } from '../../harness/experiment/identity.js';
import { ExperimentFolder } from '../../harness/experiment/experiment-folder.js';
import type { ErrorResult } from '../../harness/result/result.js';

const protocol = new ExperimentFolder().protocol('paper');

export function trivialCell(seed: number): ErrorCell {
  const cell: Omit<ErrorCell, 'id'> = {
    kind: 'error',
    title: `trivial cell ${seed}`,
    network: { family: 'wrn', unitsPerStage: 2, kw: 1, classes: 10 },
    dataset: 'synthetic',
    dataChecksum: '0',
    trainImages: null,
    protocol,
    training: {
      steps: 1,
      batch: 1,
      learningRate: 0.1,
      dropSteps: [],
      dropFactor: 0.1,
      weightDecay: 0,
      evaluateEvery: 1,
      seed,
    },
    replicas: 1,
  };
  return { ...cell, id: cellId(cell) };
}

/** As long as that of a training over 205 epochs. */
export function trivialResult(id: string): ErrorResult {
  const evaluations = Array.from({ length: 205 }, (_, epoch) => ({
    step: epoch * 391,
    epoch,
    errorPct: 50 / (epoch + 1),
    top5ErrorPct: 5 / (epoch + 1),
    sampledErrorPct: null,
    loss: 1 / (epoch + 1),
  }));
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (!first || !last) throw new Error('Internal error: no evaluations');
  return {
    kind: 'error',
    schema: 1,
    id,
    numericsVersion: 1,
    finishedAt: '2000-01-01T00:00:00.000Z',
    wallSeconds: 1,
    attempts: 1,
    environment: {
      host: 'host',
      os: 'linux',
      cpu: 'cpu',
      cores: 2,
      memoryBytes: 1,
      gpus: [],
      driver: null,
      node: 'v20',
      tensorflow: '2.21.0',
      engine: 'traced',
      devices: 'cpu:1',
      deterministic: false,
      tf32: false,
      gitCommit: null,
      gitDirty: null,
    },
    peakMemoryBytes: 1,
    energyJoules: null,
    parameters: 1,
    trainImages: 1,
    validationImages: 1,
    last,
    best: last,
    evaluations,
    finalLoss: 1,
  };
}
