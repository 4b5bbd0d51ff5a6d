import { expect, it } from 'vitest';
import { crossEntropyOf, evaluate, rankOf } from '../../../../harness/kinds/training/evaluation.js';

const never = new AbortController().signal;
const noSample = { images: 0, seed: 0, step: 1 };

/** A program whose logits are the images themselves. */
const echo = { evaluate: async ({ images }: { images: Float32Array }) => images.slice() };

/** Six images of six classes, label 0; image i has the true class at rank i. */
const ranks = Array.from({ length: 6 }, (_, rank) => [
  0,
  ...Array.from({ length: 5 }, (_, other) => (other < rank ? 1 : -1)),
]);

function data(batchSizes: readonly number[]) {
  return {
    images: 6,
    classes: 6,
    *batches() {
      let from = 0;
      for (const size of batchSizes) {
        yield { images: Float32Array.from(ranks.slice(from, from + size).flat()), labels: new Int32Array(size) };
        from += size;
      }
    },
  };
}

it.each([[[6]], [[4, 2]], [[1, 1, 1, 1, 1, 1]]])(
  'counts every image once whatever the batches: %j',
  async (batchSizes) => {
    const scores = await evaluate(echo, data(batchSizes), noSample, never);
    // Rank 0 alone is a top-1 hit; ranks 0 to 4 are top-5 hits.
    expect(scores?.errorPct).toBeCloseTo((100 * 5) / 6, 10);
    expect(scores?.top5ErrorPct).toBeCloseTo((100 * 1) / 6, 10);
    expect(scores?.sampledErrorPct).toBeNull();
    const byHand = ranks.map((row) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[0] ?? 0));
    expect(scores?.loss).toBeCloseTo(byHand.reduce((a, b) => a + b, 0) / 6, 6);
  },
);

it('a batch whose memory is used again for the next one is scored by its own labels', async () => {
  const labels = new Int32Array(1);
  const images = new Float32Array(2);
  const reusing = {
    images: 2,
    classes: 2,
    *batches() {
      for (const label of [0, 1]) {
        labels[0] = label;
        images.fill(0);
        images[label] = 1;
        yield { images, labels };
      }
    },
  };
  expect(await evaluate(echo, reusing, noSample, never)).toMatchObject({ errorPct: 0 });
});

it('the sampled figure repeats for a step, differs between steps, and is near the true error', async () => {
  const sampled = async (step: number) => {
    const scores = await evaluate(echo, data([6]), { images: 10_000, seed: 3, step }, never);
    return scores?.sampledErrorPct ?? Number.NaN;
  };
  const [first, again, other] = [await sampled(391), await sampled(391), await sampled(782)];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  // Standard deviation of 10000 draws at 83.3 %: 0.37 points. Five of them.
  expect(Math.abs(first - 250 / 3)).toBeLessThan(1.9);
});

it('stops between two batches when asked to', async () => {
  expect(await evaluate(echo, data([3, 3]), noSample, AbortSignal.abort())).toBeUndefined();
});

it('gives a tie to the lower class, and no hit to NaN', () => {
  expect(rankOf(Float32Array.of(1, 1, 0), 0)).toBe(0);
  expect(rankOf(Float32Array.of(1, 1, 0), 1)).toBe(1);
  expect(rankOf(Float32Array.of(Number.NaN, Number.NaN), 0)).toBe(Number.POSITIVE_INFINITY);
});

it('cross-entropy does not overflow', () => {
  expect(crossEntropyOf(Float32Array.of(1000, 999), 1)).toBeCloseTo(Math.log(1 + Math.E), 10);
});
