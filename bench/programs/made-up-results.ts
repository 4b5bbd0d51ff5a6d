/** Results of the right form for cells that never ran: what reads and shows results is measured on them. */
import { batchOf, numericsVersion, type Cell, type ErrorCell, type TimingCell } from '../../harness/experiment/cell.js';
import { parameterCount } from '../../harness/experiment/memory-estimate.js';
import { readLayout } from '../../harness/network/layout.js';
import type { OperationTimes } from '../../harness/result/operation-times.js';
import type { CellResult, Environment, ErrorResult, TimingResult } from '../../harness/result/result.js';
import { cardNamed } from '../../harness/simulate/cards.js';
import { networkStepGraph } from '../../harness/simulate/network-step-graph.js';
import { operationTimes } from '../../harness/simulate/operation-times.js';
import { defaultEfficiency, rooflineTime } from '../../harness/simulate/roofline.js';
import type { StepProfile } from '../../harness/engine/step-graph.js';

const environment: Environment = {
  host: 'any',
  os: 'linux',
  cpu: 'any CPU',
  cores: 2,
  memoryBytes: 16e9,
  gpus: [],
  driver: null,
  node: process.version,
  tensorflow: '2',
  engine: 'traced',
  devices: 'cpu:1',
  deterministic: false,
  tf32: false,
  gitCommit: null,
  gitDirty: null,
};

const shared = (id: string) =>
  ({
    schema: 1,
    id,
    numericsVersion,
    finishedAt: '2000-01-01T00:00:00.000Z',
    wallSeconds: 1,
    attempts: 1,
    environment,
    peakMemoryBytes: 1,
    energyJoules: null,
  }) as const;

export function madeUpErrors(id: string): ErrorResult {
  const evaluation = { step: 1, epoch: 1, errorPct: 50, top5ErrorPct: 10, sampledErrorPct: null, loss: 1 };
  return {
    kind: 'error',
    ...shared(id),
    parameters: 1,
    trainImages: 1,
    validationImages: 10_000,
    last: evaluation,
    best: evaluation,
    evaluations: [evaluation],
    finalLoss: 1,
  };
}

export const madeUpResult = (cell: Cell): CellResult => (cell.kind === 'error' ? errorsOf(cell) : timingOf(cell));

const errorsOf = (cell: ErrorCell): ErrorResult => ({
  ...madeUpErrors(cell.id),
  parameters: parameterCount(cell.network),
});

function timingOf(cell: TimingCell): TimingResult {
  const steps = Array.from({ length: cell.rounds * cell.stepsPerRound }, (_, step) => step);
  return {
    kind: 'timing',
    ...shared(cell.id),
    hardware: cell.hardware,
    otherLoad: 0,
    ...(cell.rounds === 0 ? { operations: madeUpOperations(cell) } : {}),
    rows: cell.rows.map(({ row, layout, network }, index) => ({
      row,
      layout,
      parameters: parameterCount(network),
      milliseconds: steps.map((step) => 100 - 10 * index + (step % 7) / 10),
      rounds: steps.map((step) => Math.floor(step / cell.stepsPerRound)),
      compileSeconds: 1,
      busySeconds: null,
    })),
  };
}

/** As many signatures as a real cell has, with the times of a roofline. */
export const madeUpOperations = (cell: TimingCell): OperationTimes =>
  operationTimes(
    cell.rows.map((row): StepProfile => {
      const layout = readLayout(row.layout, row.network, cell.protocol.derivativeTerms);
      const graph = networkStepGraph(row.network, layout, cell.protocol, batchOf(cell, row));
      const duration = Float64Array.from(graph.operations, (operation) =>
        rooflineTime(operation, cardNamed('k80'), defaultEfficiency),
      );
      let now = 0;
      const start = duration.map((time) => (now += time) - time);
      return { graph, start: [start], duration: [duration], span: [now], hardware: { kind: 'cpu', model: 'any CPU' } };
    }),
  );
