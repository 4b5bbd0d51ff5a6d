/** Opens what a timing cell runs: every row's network on one engine, and a batch to feed it. */
import { trainingBatches } from '../../datasets/batches.js';
import { openDataset } from '../../datasets/open.js';
import type { Engine } from '../engine/engine.js';
import { batchOf, type TimingCell, type TimingRow } from '../experiment/cell.js';
import { initialise } from '../network/initialisation.js';
import { devicesOf, readLayout } from '../network/layout.js';
import { buildNetwork } from '../network/network.js';
import { trainedValues } from '../network/parameters.js';
import { compileStep, declareVariables } from '../network/training-step.js';
import { Problem } from '../problem.js';
import type { Execution } from '../result/execution.js';
import type { TimingParts } from './cell-parts.js';
import { lossOf, profileOf, stepSettings } from './compiled-program.js';
import { openEngine } from './open-engine.js';
import type { Batch } from './program.js';
import type { TimedRow } from './timing.js';

/** Small, so that weights stay finite however many steps are timed; a step takes the same time at any rate. */
const learningRate = 1e-4;
/** The published one for CIFAR: what matters is that its ops are there. */
const weightDecay = 5e-4;
/** The same numbers in every timing. */
const seed = 0;

export async function openTimingParts(cell: TimingCell, execution: Execution): Promise<TimingParts> {
  const { engine, tensorflow } = await openEngine(execution);
  return {
    tensorflow,
    prepare: async (begin) => {
      const rows: TimedRow[] = [];
      for (const row of cell.rows) {
        begin(row.row);
        rows.push(compileRow(engine, cell, row));
      }
      return { rows, batch: await syntheticBatches(cell, execution) };
    },
    close: async () => {
      engine.close();
    },
  };
}

function compileRow(engine: Engine, cell: TimingCell, timed: TimingRow): TimedRow {
  const { protocol } = cell;
  const { row, network: specification, layout: text } = timed;
  const images = batchOf(cell, timed);
  const layout = readLayout(text, specification, protocol.derivativeTerms);
  if (devicesOf(layout) > engine.devices)
    throw new Problem(
      'DEVICES_TOO_FEW',
      `${text} needs ${devicesOf(layout)} devices, there ${engine.devices === 1 ? 'is 1' : `are ${engine.devices}`}`,
      'A timing on fewer devices would be that of another layout.',
    );
  const start = performance.now();
  const network = buildNetwork(specification, protocol, layout);
  const variables = declareVariables(engine, network, initialise(network, protocol.initialisation, seed));
  const step = compileStep(engine, network, variables, stepSettings(protocol, images, weightDecay));
  const compileSeconds = (performance.now() - start) / 1000;
  const profile = profileOf(step, 1);
  return {
    row,
    layout: text,
    parameters: trainedValues(network.parameters),
    compileSeconds,
    step: (batch) => lossOf(step, firstOf(batch, images), learningRate),
    profile: profile && ((batch) => profile(firstOf(batch, images), learningRate)),
  };
}

/** The first images of a batch. */
function firstOf({ images, labels }: Batch, count: number): Batch {
  if (labels.length === count) return { images, labels };
  const values = images.length / labels.length;
  return { images: images.subarray(0, count * values), labels: labels.subarray(0, count) };
}

/** Timing needs no real images: synthetic ones of the same shape pass through the same pipeline. */
async function syntheticBatches({ batch, protocol }: TimingCell, { dataCache }: Execution) {
  const dataset = await openDataset('synthetic', { cacheFolder: dataCache, trainImages: null });
  const batches = trainingBatches({ set: dataset.train, dataset, batch, seed, augmentation: protocol });
  return (step: number) => batches.next(step);
}
