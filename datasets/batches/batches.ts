/**
 * Batches of training and evaluation. The training batch of a step depends only on the seed and the step's number, so a run
 * that resumes at any step sees the same bytes as one that was never interrupted.
 */
import { Problem } from '../../harness/core/problem.js';
import { cropAndFlip, whitener, type Augmentation, type Whitening } from './augment.js';
import type { Dataset, ImageSet } from '../dataset.js';
import { below, permutation, random, streams } from './random.js';

export interface Batch {
  /** [batch, side, side, 3]. */
  readonly images: Float32Array;
  /** [batch]. */
  readonly labels: Int32Array;
}

export interface TrainingBatches {
  /**
   * The batch of step `step`, counted from 0. Its buffers are used again: it is valid until `next` has been called `buffers`
   * more times.
   */
  next(step: number): Promise<Batch>;
  /** Epochs done after `steps` steps: a fraction, as batches cross from one epoch to the next. */
  epochOf(steps: number): number;
}

export interface TrainingBatchesOptions {
  readonly set: ImageSet;
  readonly dataset: Pick<Dataset, 'channelMean' | 'channelDeviation' | 'meanImage'>;
  readonly batch: number;
  readonly seed: number;
  readonly augmentation: Augmentation;
  /** Batches that stay valid at a time: the one in use, those prepared ahead, and the one being prepared. */
  readonly buffers?: number;
}

/** The images of a batch: which index stands at each place of step `step`. */
function ordering(count: number, batch: number, seed: number, kind: 'epoch' | 'window') {
  if (kind === 'window') {
    if (batch > count)
      throw new Problem('BATCH_TOO_LARGE', `A window of ${batch} images does not fit in ${count} training images`);
    const shuffled = permutation(count, seed, 0);
    const source = random(seed, streams.window);
    return (step: number, into: Int32Array) => {
      // As the released code draws it, which never takes the last window; where there is only one, that is taken.
      const start = below(Math.max(1, count - batch), source.words(step, 0)[0] ?? 0);
      into.set(shuffled.subarray(start, start + batch));
    };
  }
  // Epochs follow each other without a gap: every image once an epoch, every batch full.
  const orders = new Map<number, Int32Array>();
  const orderOf = (epoch: number): Int32Array => {
    let order = orders.get(epoch);
    if (order === undefined) {
      order = permutation(count, seed, epoch);
      orders.set(epoch, order);
      for (const old of orders.keys()) if (orders.size > 2) orders.delete(old);
    }
    return order;
  };
  return (step: number, into: Int32Array) => {
    for (let i = 0; i < batch; i++) {
      const position = step * batch + i;
      into[i] = orderOf(Math.floor(position / count))[position % count] as number;
    }
  };
}

/** @throws Problem BATCH_TOO_LARGE */
export function trainingBatches(options: TrainingBatchesOptions): TrainingBatches {
  const { set, dataset, batch, seed, augmentation } = options;
  const { side } = set;
  const imageSize = side * side * 3;
  const fill = ordering(set.count, batch, seed, augmentation.batches);
  const whiten = whitener(
    augmentation.whitening,
    { mean: dataset.channelMean, deviation: dataset.channelDeviation },
    side,
  );
  const ring = Array.from({ length: options.buffers ?? 4 }, () => ({
    indices: new Int32Array(batch),
    pixels: new Uint8Array(batch * imageSize),
    images: new Float32Array(batch * imageSize),
    labels: new Int32Array(batch),
  }));
  const draws = random(seed, streams.augmentation);
  const cropped = new Uint8Array(imageSize);
  const mean = meanImageFor(augmentation.whitening, dataset);
  const croppedMean = new Float32Array(imageSize);
  const { cropPadding: padding, paddingMode: mode, cropOffsets, flipProbability } = augmentation;
  let turn = 0;
  return {
    async next(step) {
      const slot = ring[turn++ % ring.length];
      if (slot === undefined) throw new Error('Internal error: a ring without buffers');
      fill(step, slot.indices);
      const reading = set.read(slot.indices, slot.pixels, slot.labels);
      if (reading !== undefined) await reading;
      for (let i = 0; i < batch; i++) {
        const words = draws.words(step, i);
        const crop = {
          row: below(cropOffsets, words[0] as number),
          column: below(cropOffsets, words[1] as number),
          padding,
          mode,
          side,
          flip: (words[2] as number) < flipProbability * 0x1_0000_0000,
        };
        cropAndFlip(slot.pixels, i * imageSize, cropped, crop);
        whiten(cropped, 0, slot.images, i * imageSize);
        if (mean === undefined) continue;
        cropAndFlip(mean, 0, croppedMean, crop);
        subtract(slot.images, i * imageSize, croppedMean);
      }
      return { images: slot.images, labels: slot.labels };
    },
    epochOf: (steps) => (steps * batch) / set.count,
  };
}

/** The mean image, where the whitening takes one away. */
function meanImageFor(whitening: Whitening, { meanImage }: Pick<Dataset, 'meanImage'>): Float32Array | undefined {
  if (whitening !== 'mean-image') return undefined;
  if (meanImage === undefined) throw new Error('Internal error: batches without the mean image that they are less');
  return meanImage;
}

/** Takes `image` from the one at `start` of `images`, in place. */
function subtract(images: Float32Array, start: number, image: Float32Array): void {
  for (let index = 0; index < image.length; index++)
    images[start + index] = (images[start + index] as number) - (image[index] as number);
}

export interface EvaluationBatch extends Batch {
  /** How many of the batch count; the rest of a last batch repeats images, so that every batch has the same shape. */
  readonly count: number;
}

export interface EvaluationBatchesOptions {
  readonly set: ImageSet;
  readonly dataset: Pick<Dataset, 'channelMean' | 'channelDeviation' | 'meanImage'>;
  readonly batch: number;
  readonly whitening: Whitening;
  /** Which images, in order; default: all of the set. */
  readonly indices?: Int32Array;
}

/**
 * The whole set, or the images at `indices`, in order and unaugmented. Two sets of buffers take turns: a batch is valid
 * until the next but one is asked for.
 */
export async function* evaluationBatches(options: EvaluationBatchesOptions): AsyncGenerator<EvaluationBatch, void> {
  const { set, dataset, batch, indices } = options;
  const imageSize = set.side * set.side * 3;
  const whiten = whitener(
    options.whitening,
    { mean: dataset.channelMean, deviation: dataset.channelDeviation },
    set.side,
  );
  const mean = meanImageFor(options.whitening, dataset);
  const total = indices?.length ?? set.count;
  const wanted = new Int32Array(batch);
  const pixels = new Uint8Array(batch * imageSize);
  const ring = [0, 1].map(() => ({ images: new Float32Array(batch * imageSize), labels: new Int32Array(batch) }));
  for (let start = 0, turn = 0; start < total; start += batch, turn++) {
    const slot = ring[turn % 2];
    if (slot === undefined) throw new Error('Internal error: a ring without buffers');
    for (let i = 0; i < batch; i++) {
      const position = (start + i) % total;
      wanted[i] = indices === undefined ? position : (indices[position] as number);
    }
    const reading = set.read(wanted, pixels, slot.labels);
    if (reading !== undefined) await reading;
    for (let i = 0; i < batch; i++) {
      whiten(pixels, i * imageSize, slot.images, i * imageSize);
      if (mean !== undefined) subtract(slot.images, i * imageSize, mean);
    }
    yield { images: slot.images, labels: slot.labels, count: Math.min(batch, total - start) };
  }
}

/** `count` indices of a set of `population` images, drawn with replacement; `position` (say, the step) varies the draw. */
export function sampledEvaluation(count: number, population: number, seed: number, position: number): Int32Array {
  const source = random(seed, streams.sample);
  return Int32Array.from({ length: count }, (_, i) => below(population, source.words(position, i)[0] as number));
}
