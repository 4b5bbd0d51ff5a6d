/** Opens what a training job is trained with. */
import { evaluationBatches, trainingBatches } from '../../../datasets/batches/batches.js';
import type { Dataset } from '../../../datasets/dataset.js';
import { openDataset } from '../../../datasets/open.js';
import { withMeanImage } from '../../../datasets/sets/mean-image.js';
import { prefetch } from '../../../datasets/batches/prefetch.js';
import { validationImagesOf, type TrainingSetup } from './job.js';
import type { Engine } from '../../engine/engine.js';
import { initialise } from '../../model/initialisation.js';
import { Problem } from '../../core/problem.js';
import type { Execution } from '../../store/execution.js';
import { compileProgram, stepSettings, type CompiledProgram } from './compiled-program.js';
import { foldedEngine } from '../engine/folded-engine.js';
import { openEngine } from '../engine/open-engine.js';
import { grownState } from './phases/grown-state.js';
import type { Batch, TrainingParts, TrainingPhase, ValidationData } from './program.js';

/** Batches prepared ahead. One is enough for a device that is the slower side; a slower pipeline is not helped by more. */
const ahead = 1;

/** Images of a validation batch at most, the released code's. */
const largestEvaluationBatch = 250;

/** A phase whose network can be looked into. */
interface OpenedPhase extends TrainingPhase {
  readonly open: () => CompiledProgram;
}

/** What a training has open, with what is measured of it beside errors. */
export interface OpenedTraining extends TrainingParts {
  prepare(): Promise<
    Omit<Prepared, 'phases'> & {
      readonly engine: Engine;
      readonly phases: readonly OpenedPhase[];
      /** The first training images, as they are, in so many batches. @throws Problem IMAGES_TOO_FEW */
      readonly firstBatches: (count: number, batch: number) => Promise<readonly Batch[]>;
    }
  >;
}
type Prepared = Awaited<ReturnType<TrainingParts['prepare']>>;

export async function openErrorParts(job: TrainingSetup, execution: Execution): Promise<OpenedTraining> {
  const opening = openEngine(execution);
  // Data that is missing is told at once, without waiting for the engine, which is then closed by the process's end.
  opening.catch(() => undefined);
  const opened = await openDataset(job.dataset, { cacheFolder: execution.dataCache, trainImages: job.trainImages });
  checkData(job, opened);
  const dataset = await withMeanImage(opened, job.protocol.whitening);
  const { engine, tensorflow } = await opening;
  return {
    tensorflow,
    prepare: async () => {
      const folded = foldedEngine(engine);
      return {
        engine: folded,
        phases: phasesOf(job, dataset, folded),
        training: trainingData(job, dataset),
        validation: validationData(job, dataset),
        firstBatches: (count, batch) => firstBatches(job, dataset, count, batch),
      };
    },
    close: async () => {
      engine.close();
      await dataset.close();
    },
  };
}

/** The networks that the job's is grown from, and its own, each with the initial values that it has by itself. */
function phasesOf(
  { network, replicas, protocol, training }: TrainingSetup,
  dataset: Dataset,
  engine: Engine,
): OpenedPhase[] {
  const { batch, weightDecay, seed, growAt = [] } = training;
  const settings = {
    ...stepSettings(protocol, batch, weightDecay),
    imageSize: dataset.train.side,
    evaluationBatch: evaluationBatchSize(validationImagesOf(training, dataset.validation.count)),
  };
  const networks = [...network.before, network];
  return networks.map((own, index): OpenedPhase => {
    const before = networks[index - 1];
    const begin = index === 0 ? 0 : growAt[index - 1];
    if (begin === undefined) throw new Error(`Internal error: nothing says when ${own.label} is trained`);
    return {
      begin,
      open: () => {
        const model = own.trainingLayout(replicas, protocol).build(protocol);
        return compileProgram(engine, model, { ...settings, initial: initialise(model, seed) });
      },
      grow:
        before === undefined
          ? null
          : (state, initial) => grownState(state, initial, own.transferFrom(before, protocol)),
    };
  });
}

/**
 * Images of a validation batch: the largest divisor of the set's size up to 250, so that no batch is padded (padding would
 * change a batch's own statistics); where that is tiny, 250 with the last batch padded.
 */
export function evaluationBatchSize(images: number): number {
  for (let size = Math.min(largestEvaluationBatch, images); size > largestEvaluationBatch / 5; size -= 1)
    if (images % size === 0) return size;
  return Math.min(largestEvaluationBatch, images);
}

function trainingData(job: TrainingSetup, dataset: Dataset) {
  const { batch, seed } = job.training;
  const batches = trainingBatches({
    set: dataset.train,
    dataset,
    batch,
    seed,
    augmentation: job.protocol,
    // The one on the device, those ahead, and the one that is being made.
    buffers: ahead + 2,
  });
  return { images: dataset.train.count, batch: prefetch((step: number) => batches.next(step), ahead) };
}

function validationData(job: TrainingSetup, dataset: Dataset): ValidationData {
  const set = dataset.validation;
  const { whitening } = job.protocol;
  const wanted = validationImagesOf(job.training, set.count);
  const batch = evaluationBatchSize(wanted);
  return {
    images: wanted,
    classes: job.network.classes,
    async *batches() {
      let left = wanted;
      for await (const { images, labels, count } of evaluationBatches({ set, dataset, batch, whitening })) {
        yield { images, labels: labels.subarray(0, Math.min(count, left)) };
        left -= count;
        if (left <= 0) return;
      }
    },
  };
}

/** @throws Problem IMAGES_TOO_FEW */
async function firstBatches(job: TrainingSetup, dataset: Dataset, count: number, batch: number): Promise<Batch[]> {
  const set = dataset.train;
  if (count * batch > set.count)
    throw new Problem(
      'IMAGES_TOO_FEW',
      `${count} batches of ${batch} images are more than the ${set.count} training images`,
      'Measure on fewer batches.',
    );
  const found: Batch[] = [];
  for await (const { images, labels } of evaluationBatches({
    set,
    dataset,
    batch,
    whitening: job.protocol.whitening,
  })) {
    // Its buffers are used again.
    found.push({ images: images.slice(), labels: labels.slice() });
    if (found.length === count) break;
  }
  return found;
}

function checkData(job: TrainingSetup, dataset: Dataset): void {
  if (dataset.checksum !== job.dataChecksum)
    throw new Problem(
      'DATA_CHANGED',
      `The images of ${job.dataset} are not those that this job was planned with`,
      'Plan again: the job gets another id with other images.',
    );
  if (job.network.classes < dataset.classes)
    throw new Problem(
      'CLASSES_TOO_FEW',
      `${job.dataset} has ${dataset.classes} classes, the network ${job.network.classes}`,
    );
}
