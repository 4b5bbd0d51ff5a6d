/** Error on the whole validation set. */
import { sampledEvaluation } from '../../../datasets/batches/batches.js';
import type { Evaluation } from './result.js';
import type { Program, ValidationData } from './program.js';

export type Scores = Omit<Evaluation, 'step' | 'epoch'>;

/**
 * Top-1 and top-5 error (percent) and mean cross-entropy (nats) over every validation image. With `sampled` > 0 also the
 * error over that many images drawn with replacement, the released code's figure; it is drawn from the whole set's hits,
 * which adds the same sampling noise without a second pass.
 * `progress` is told how many images are done, after each batch.
 * @returns undefined when `signal` stops it half-way.
 */
export async function evaluate(
  program: Pick<Program, 'evaluate'>,
  data: ValidationData,
  sampled: { readonly images: number; readonly seed: number; readonly step: number },
  signal: AbortSignal,
  progress: (images: number) => void = () => undefined,
): Promise<Scores | undefined> {
  const hits: boolean[] = [];
  let top5Hits = 0;
  let loss = 0;
  const score = (logits: Float32Array, labels: Int32Array) => {
    labels.forEach((label, image) => {
      const row = logits.subarray(image * data.classes, (image + 1) * data.classes);
      const rank = rankOf(row, label);
      hits.push(rank < 1);
      if (rank < 5) top5Hits += 1;
      loss += crossEntropyOf(row, label);
    });
  };

  let running: { readonly logits: Promise<Float32Array>; readonly labels: Int32Array } | undefined;
  for await (const batch of data.batches()) {
    // The batch before this one was on the device while this one was prepared.
    if (running) score(await running.logits, running.labels);
    progress(hits.length);
    if (signal.aborted) return undefined;
    running = { logits: program.evaluate(batch), labels: Int32Array.from(batch.labels) };
    // Awaited in the next turn; a failure in between must not count as unhandled.
    running.logits.catch(() => undefined);
  }
  if (running) score(await running.logits, running.labels);

  // Another draw at each step's evaluation, the same in every run.
  const drawn = sampledEvaluation(sampled.images, hits.length, sampled.seed, sampled.step);
  return {
    errorPct: percentMissed(hits.filter(Boolean).length, hits.length),
    top5ErrorPct: percentMissed(top5Hits, hits.length),
    sampledErrorPct:
      sampled.images > 0 ? percentMissed(drawn.filter((image) => hits[image]).length, drawn.length) : null,
    loss: loss / hits.length,
  };
}

/** How many classes score better than `label`; a tie goes to the lower class index, as in TensorFlow's `top_k`. NaN never hits. */
export function rankOf(logits: Float32Array, label: number): number {
  const own = logits[label];
  if (own === undefined || Number.isNaN(own)) return Number.POSITIVE_INFINITY;
  let better = 0;
  for (let other = 0; other < logits.length; other += 1) {
    const score = logits[other] ?? Number.NaN;
    if (score > own || (score === own && other < label)) better += 1;
  }
  return better;
}

/** `log(sum(exp(logits))) - logits[label]`, shifted by the largest logit so that nothing overflows. */
export function crossEntropyOf(logits: Float32Array, label: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return Math.log(sum) + largest - (logits[label] ?? Number.NaN);
}

const percentMissed = (hits: number, images: number): number => (100 * (images - hits)) / images;
