import { describe, expect, it } from 'vitest';
import type { Augmentation } from '../../datasets/batches/augment.js';
import { evaluationBatches, sampledEvaluation, trainingBatches, type Batch } from '../../datasets/batches/batches.js';
import { sha256 } from '../../datasets/sets/checksum.js';
import type { ImageSet } from '../../datasets/dataset.js';
import { openDataset } from '../../datasets/open.js';
import { prefetch } from '../../datasets/batches/prefetch.js';

const statistics = { channelMean: [0, 0, 0], channelDeviation: [1, 1, 1] } as const;

/** As the released code has it. */
const released: Augmentation = {
  cropPadding: 2,
  cropOffsets: 4,
  paddingMode: 'zeros',
  flipProbability: 0.5,
  whitening: 'per-image',
  batches: 'window',
};
const plain: Augmentation = {
  ...released,
  cropPadding: 0,
  cropOffsets: 1,
  flipProbability: 0,
  whitening: 'none',
  batches: 'epoch',
};

const tellingImage = Uint8Array.from({ length: 3072 }, (_, o) => {
  const place = Math.floor(o / 3);
  return [(place >> 5) * 8, (place & 31) * 8, 255][o % 3] ?? 0;
});

/** Images whose pixels tell where they were: row * 8 in red, column * 8 in green, 255 in blue. The label is the index. */
function tellingSet(count: number, delayed = false): ImageSet {
  return {
    count,
    side: 32,
    read(indices, pixels, labels) {
      indices.forEach((index, n) => {
        labels[n] = index;
        pixels.set(tellingImage, n * 3072);
      });
      return delayed ? Promise.resolve() : undefined;
    },
  };
}

const make = (set: ImageSet, batch: number, augmentation: Augmentation, seed = 1) =>
  trainingBatches({ set, dataset: statistics, batch, seed, augmentation });

/** What a batch holds, also after its buffers have been used again. */
const copy = ({ images, labels }: Batch): { images: string; labels: number[] } => ({
  images: sha256(new Uint8Array(images.buffer)),
  labels: [...labels],
});

describe('trainingBatches', () => {
  it('gives the recorded bytes for a seed and a step: a change here changes every result', async () => {
    const dataset = await openDataset('fashion-mnist', { cacheFolder: '', trainImages: null });
    const digest = async (augmentation: Augmentation, step: number): Promise<string> => {
      const batch = await trainingBatches({ set: dataset.train, dataset, batch: 32, seed: 7, augmentation }).next(step);
      return sha256(Buffer.concat([Buffer.from(batch.images.buffer), Buffer.from(batch.labels.buffer)])).slice(0, 16);
    };
    const paper: Augmentation = { ...released, cropPadding: 4, cropOffsets: 9, batches: 'epoch' };
    expect({
      released: await digest(released, 1000),
      paper: await digest(paper, 1000),
      reflected: await digest({ ...paper, paddingMode: 'reflect', whitening: 'per-channel' }, 3),
    }).toEqual({ released: 'e121310d0a208405', paper: '33357492bb0165bb', reflected: '7ade563df838f854' });
  });

  it.each(['epoch', 'window'] as const)(
    '%s: a step’s batch does not depend on the steps before it',
    async (batches) => {
      const augmentation = { ...released, batches };
      const whole = make(tellingSet(50), 16, augmentation);
      const uninterrupted: ReturnType<typeof copy>[] = [];
      for (let step = 0; step < 12; step++) uninterrupted.push(copy(await whole.next(step)));
      const resumed = make(tellingSet(50, true), 16, augmentation);
      for (const step of [7, 8, 11, 2]) expect(copy(await resumed.next(step))).toEqual(uninterrupted[step]);
      const other = make(tellingSet(50), 16, augmentation, 2);
      expect(copy(await other.next(7)).labels).not.toEqual(uninterrupted[7]?.labels);
    },
  );

  it('epoch: every image once an epoch, in another order each time, every batch full', async () => {
    const batches = make(tellingSet(50), 16, plain);
    const seen: number[] = [];
    for (let step = 0; step < 25; step++) seen.push(...(await batches.next(step)).labels);
    const epochs = Array.from({ length: 8 }, (_, epoch) => seen.slice(epoch * 50, (epoch + 1) * 50));
    for (const epoch of epochs)
      expect([...epoch].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(new Set(epochs.map(String)).size).toBe(8);
    expect(batches.epochOf(25)).toBe(8);
    expect(batches.epochOf(10)).toBeCloseTo(3.2, 12);
  });

  it('epoch: a batch may be larger than the set', async () => {
    const { labels } = await make(tellingSet(3), 8, plain).next(0);
    expect([...labels.subarray(0, 3)].sort()).toEqual([0, 1, 2]);
    expect([...labels.subarray(3, 6)].sort()).toEqual([0, 1, 2]);
  });

  it('window: each batch is a contiguous piece of one order', async () => {
    const batches = make(tellingSet(40), 8, released);
    const next = new Map<number, number>();
    const starts = new Set<number>();
    for (let step = 0; step < 200; step++) {
      const labels = [...(await batches.next(step)).labels];
      starts.add(labels[0] ?? -1);
      for (let i = 1; i < labels.length; i++) {
        const [before = -1, after = -1] = labels.slice(i - 1, i + 1);
        // In one order, an image is always followed by the same one.
        expect(next.get(before) ?? after).toBe(after);
        next.set(before, after);
      }
    }
    // Of 32 windows, 200 draws see 31.9 on average.
    expect(starts.size).toBeGreaterThan(29);
  });

  // `np.random.choice(EPOCH_SIZE - train_batch_size, 1)[0]` in cifar10_train.py of zanarashidi/warpnet draws from
  // 0 … EPOCH_SIZE - train_batch_size - 1.
  it('window: begins at each of 0 … N - batch - 1, so that the last image of the order is in none', async () => {
    const batches = make(tellingSet(12), 8, released);
    const [starts, images] = [new Set<number>(), new Set<number>()];
    for (let step = 0; step < 200; step++) {
      const labels = [...(await batches.next(step)).labels];
      starts.add(labels[0] ?? -1);
      for (const label of labels) images.add(label);
    }
    // 4 starts: 200 draws miss one of them with a probability of 4 * 0.75^200 = 4e-25.
    expect([starts.size, images.size]).toEqual([4, 11]);
  });

  it('window: a batch larger than the set is refused', () => {
    expect(() => make(tellingSet(7), 8, released)).toThrow(
      expect.objectContaining({ code: 'BATCH_TOO_LARGE' }) as Error,
    );
  });

  it('draws every crop offset and the flip equally often, independently of each other', async () => {
    const batches = make(tellingSet(100), 100, { ...released, whitening: 'none' });
    const seen = new Map<string, number>();
    const value = (images: Float32Array, n: number, place: number): number =>
      Math.round((images[n * 3072 + place] ?? 0) * 255);
    for (let step = 0; step < 40; step++) {
      const { images } = await batches.next(step);
      for (let n = 0; n < 100; n++) {
        // A pixel from the middle tells where it came from, one beside it the direction.
        const middle = (16 * 32 + 16) * 3;
        const row = value(images, n, middle) / 8 - 16 + 2;
        const flip = value(images, n, middle + 4) < value(images, n, middle + 1);
        const column = value(images, n, middle + 1) / 8 - (flip ? 15 : 16) + 2;
        const key = `${row} ${column} ${String(flip)}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    // 4 rows, 4 columns, 2 directions: 125 expected of each, standard deviation 11.
    expect([...seen.keys()].sort()).toEqual(
      [0, 1, 2, 3].flatMap((r) => [0, 1, 2, 3].flatMap((c) => [`${r} ${c} false`, `${r} ${c} true`])).sort(),
    );
    for (const count of seen.values()) expect(Math.abs(count - 125)).toBeLessThan(50);
  });

  it.each([0, 1])('flips never or always at probability %i', async (flipProbability) => {
    const { images } = await make(tellingSet(64), 64, { ...plain, flipProbability }).next(0);
    for (let n = 0; n < 64; n++) expect(images[n * 3072 + 1] === 0).toBe(flipProbability === 0);
  });

  it('keeps a batch while the next ones are prepared', async () => {
    const batches = make(tellingSet(1000), 4, plain);
    const first = await batches.next(0);
    const labels = [...first.labels];
    for (let step = 1; step <= 3; step++) await batches.next(step);
    expect([...first.labels]).toEqual(labels);
  });
});

describe('evaluationBatches', () => {
  it('gives every image once, in order, with full batches and a count for the last', async () => {
    const seen: number[] = [];
    const counts: number[] = [];
    for await (const { images, labels, count } of evaluationBatches({
      set: tellingSet(10),
      dataset: statistics,
      batch: 4,
      whitening: 'none',
    })) {
      expect([images.length, labels.length]).toEqual([4 * 3072, 4]);
      expect(images[4]).toBe(Math.fround(8 / 255));
      counts.push(count);
      seen.push(...labels.subarray(0, count));
    }
    expect(counts).toEqual([4, 4, 2]);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('evaluates the images it is told to', async () => {
    const indices = sampledEvaluation(7, 10, 3, 100);
    const seen: number[] = [];
    for await (const { labels, count } of evaluationBatches({
      set: tellingSet(10, true),
      dataset: statistics,
      batch: 4,
      whitening: 'none',
      indices,
    }))
      seen.push(...labels.subarray(0, count));
    expect(seen).toEqual([...indices]);
  });
});

describe('sampledEvaluation', () => {
  it('draws with replacement, evenly, and anew at each position', () => {
    const drawn = sampledEvaluation(10_000, 10_000, 5, 391);
    expect(String(sampledEvaluation(10_000, 10_000, 5, 391))).toBe(String(drawn));
    expect(String(sampledEvaluation(10_000, 10_000, 5, 782))).not.toBe(String(drawn));
    // Of n draws from n, a share of 1 - 1/e = 0.632 is distinct; standard deviation 0.003.
    expect(new Set(drawn).size / 10_000).toBeCloseTo(0.632, 1);
    expect(Math.max(...drawn)).toBeLessThan(10_000);
  });
});

describe('prefetch', () => {
  it('prepares the next step while this one is used, one at a time and in order', async () => {
    const log: string[] = [];
    const next = prefetch(async (step) => {
      log.push(`start ${step}`);
      await Promise.resolve();
      log.push(`end ${step}`);
      return step;
    }, 2);
    expect(await next(5)).toBe(5);
    log.push('got 5');
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['start 5', 'end 5', 'got 5', 'start 6', 'end 6', 'start 7', 'end 7']);
    expect(await next(6)).toBe(6);
    expect(log.filter((line) => line === 'start 6')).toHaveLength(1);
  });

  it('gives the batches that it would give without', async () => {
    const plainly = make(tellingSet(50), 16, released);
    const ahead = prefetch(make(tellingSet(50), 16, released).next, 2);
    for (const step of [0, 1, 2, 3, 10, 11, 4]) expect(copy(await ahead(step))).toEqual(copy(await plainly.next(step)));
  });

  it('tells of a failure when its step is asked for, not before', async () => {
    const next = prefetch((step) => (step === 2 ? Promise.reject(new Error('step 2')) : Promise.resolve(step)), 1);
    expect(await next(1)).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(next(2)).rejects.toThrow('step 2');
    expect(await next(3)).toBe(3);
  });
});
