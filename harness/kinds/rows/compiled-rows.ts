/** Opens what is timed: every row's network on one engine, and a batch to feed it. */
import { trainingBatches } from '../../../datasets/batches/batches.js';
import { openDataset } from '../../../datasets/open.js';
import { withMeanImage } from '../../../datasets/sets/mean-image.js';
import type { Engine } from '../../engine/engine.js';
import { initialise } from '../../model/initialisation.js';
import { parameterCount } from '../../model/model.js';
import { compileStep } from '../../model/training-step.js';
import { declareVariables } from '../../model/variables.js';
import { Problem } from '../../core/problem.js';
import type { Execution } from '../../store/execution.js';
import { lossOf, profileOf, stepSettings } from '../training/compiled-program.js';
import { openEngine } from '../engine/open-engine.js';
import type { Batch } from '../training/program.js';
import { batchOf, type RowsOnDevices, type TimingRow } from '../timing/job.js';
import { feedOf } from './feed.js';
import type { RowParts, TimedRow } from './rows.js';

/** Small, so that weights stay finite however many steps are timed; a step takes the same time at any rate. */
const learningRate = 1e-4;
/** The published one for CIFAR: what matters is that its ops are there. */
const weightDecay = 5e-4;
/** Height and width of the synthetic images. */
const imageSide = 32;
/** The same numbers in every timing. */
const seed = 0;

/**
 * With TensorFlow's own convolutions: by Winograd's algorithm a step takes half the time, of which memory, and with it the rest of the
 * machine, has twice the share.
 */
export async function compileRows(job: RowsOnDevices, execution: Execution): Promise<RowParts> {
  const { engine, tensorflow } = await openEngine({ ...execution, convolutions: 'direct' });
  return {
    tensorflow,
    prepare: async (begin) => {
      const rows: TimedRow[] = [];
      for (const row of job.rows) {
        begin(row.row);
        rows.push(compileRow(engine, job, row, execution.devices.startsWith('gpu')));
      }
      return { rows, batch: await syntheticBatches(job, execution) };
    },
    close: async () => {
      engine.close();
    },
  };
}

function compileRow(engine: Engine, job: RowsOnDevices, timed: TimingRow, onCards: boolean): TimedRow {
  const { protocol } = job;
  const { row, layout } = timed;
  const images = batchOf(job, timed);
  if (layout.devices > engine.devices)
    throw new Problem(
      'DEVICES_TOO_FEW',
      `${layout.text} needs ${layout.devices} devices, there ${engine.devices === 1 ? 'is 1' : `are ${engine.devices}`}`,
      'A timing on fewer devices would be that of another layout.',
    );
  const start = performance.now();
  const model = layout.build(protocol);
  const variables = declareVariables(engine, model, initialise(model, seed));
  const step = compileStep(engine, model, variables, stepSettings(protocol, images, weightDecay));
  const compileSeconds = (performance.now() - start) / 1000;
  const profile = profileOf(step, 1);
  const [input] = model.inputs(images, imageSide);
  const feed = onCards && input !== undefined ? feedOf(engine, input.shape) : undefined;
  return {
    row,
    layout: layout.text,
    parameters: parameterCount(model),
    compileSeconds,
    step: (batch) => lossOf(step, firstOf(batch, images), learningRate),
    profile: profile && ((batch) => profile(firstOf(batch, images), learningRate)),
    feed: feed && ((batch) => feed(firstOf(batch, images))),
  };
}

/** The first images of a batch. */
function firstOf({ images, labels }: Batch, count: number): Batch {
  if (labels.length === count) return { images, labels };
  const values = images.length / labels.length;
  return { images: images.subarray(0, count * values), labels: labels.subarray(0, count) };
}

/** Timing needs no real images: synthetic ones of the same shape pass through the same pipeline. */
async function syntheticBatches({ batch, protocol }: RowsOnDevices, { dataCache }: Execution) {
  const opened = await openDataset('synthetic', { cacheFolder: dataCache, trainImages: null });
  const dataset = await withMeanImage(opened, protocol.whitening);
  const batches = trainingBatches({ set: dataset.train, dataset, batch, seed, augmentation: protocol });
  return (step: number) => batches.next(step);
}
