/** Doubling the blocks keeps what the network computes: to first order in h where h is halved, and not where it is kept. */
import { describe, expect, it } from 'vitest';
import { relu } from '@tensorflow/tfjs-core';
import { runBlocks, buildNetwork } from '../../../experiments/multilevel/model/network.js';
import { growth } from '../../../experiments/multilevel/model/growth.js';
import type { GrowthOptions, NetworkOptions } from '../../../experiments/multilevel/model/options.js';
import { blocksOf } from '../../../experiments/multilevel/model/plan.js';
import { openPlainEngine } from '../../../harness/engine/plain/plain-engine.js';
import { grownState } from '../../../harness/kinds/training/phases/grown-state.js';
import { compileProgram } from '../../../harness/kinds/training/compiled-program.js';
import type { Program } from '../../../harness/kinds/training/program.js';
import type { Shards } from '../../../harness/model/forward-pass.js';
import { widen } from '../../../harness/model/layers/widening.js';
import type { Pass } from '../../../experiments/multilevel/model/block.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { classify } from '../../../harness/model/layers/classifier.js';
import { imageClassifier } from '../../../harness/model/image-classifier.js';
import { initialise } from '../../../harness/model/initialisation.js';
import { placement } from '../../../harness/model/placement.js';
import { exampleBatch } from '../../harness/engine/gradients.js';

const options: NetworkOptions = {
  halving: 'step-size',
  stepSizeOfFirst: 'scaled',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  // Averages that do not change: F is then one function of its input.
  batchNormEvaluation: 'running',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
};
const literal: GrowthOptions = {
  halving: 'step-size',
  firstCopy: 'next-where-shapes-differ',
  growthMomentum: 'carried',
};

const width = 4;
const [batch, imageSize] = [2, 8];

/** `parts`: all three stages, or the first alone, whose blocks are all of one shape. */
async function programOf(
  parts: 'all' | 'first stage',
  blocks: number,
  stepSize: number,
  changes: Partial<NetworkOptions>,
): Promise<Program> {
  const engine = await openPlainEngine({ backend: 'cpu' });
  const network = { width, blocks, stepSize, classes: 10 };
  const own = { ...options, ...changes };
  const whole = buildNetwork(network, own);
  const model = imageClassifier<NetworkOptions>({
    ...whole,
    ...(parts === 'first stage' && {
      // The classifier reads as many channels as the last stage has: the first stage's, four times.
      logits: (pass: Pass, images: Shards) => {
        const first = blocksOf(network).filter(({ stage }) => stage === 1);
        const features = runBlocks(pass, first, convolution(pass, 'stem/convolution', 0, images), stepSize);
        return pass.map(0, widen(pass, 0, features, 4, 'copies'), (part, replica) =>
          classify(pass, 'classifier', 0, relu(part), replica),
        );
      },
    }),
    placement: placement(1, 1),
  });
  const settings = { batch, imageSize, weightDecay: 0, momentum: 0.9, nesterov: false, evaluationBatch: batch };
  return compileProgram(engine, model, { ...settings, initial: initialise(model, 1) });
}

/** The largest difference of a logit before and after growing a network with the step size h. */
async function change(
  parts: 'all' | 'first stage',
  h: number,
  how: { readonly halved: boolean } & Partial<GrowthOptions> & Partial<NetworkOptions>,
): Promise<number> {
  const blocks = 2;
  const { halved } = how;
  const own = { ...options, ...how };
  const before = await programOf(parts, blocks, h, own);
  const after = await programOf(parts, 2 * blocks, halved ? h / 2 : h, own);
  const transfer = growth({ width, blocks }, halved, { ...literal, ...how });
  await after.writeState(grownState(await before.readState(), await after.readState(), transfer));
  const images = exampleBatch(batch, imageSize);
  const [first, second] = [await before.evaluate(images), await after.evaluate(images)];
  return Math.max(...first.map((value, index) => Math.abs(value - (second[index] ?? Number.NaN))));
}

/** How much smaller the change is at half the step size. */
async function ratio(parts: 'all' | 'first stage', how: Parameters<typeof change>[2], h = 1 / 32): Promise<number> {
  return (await change(parts, h, how)) / (await change(parts, h / 2, how));
}

describe('doubling the blocks', () => {
  // Two half steps differ from a whole one by h^2: 4 in the limit. Third-order terms and the kinks of ReLU leave a few percent
  // at h = 1/32; 2 or 8 are far.
  it('changes blocks of one shape in second order where h is halved: by a quarter at half the h', async () => {
    expect(await ratio('first stage', { halved: true })).toBeCloseTo(4, 0);
    expect(await change('first stage', 1 / 32, { halved: true })).toBeGreaterThan(0);
  });

  it('changes them in first order where h is kept: by half at half the h', async () => {
    expect(await ratio('first stage', { halved: false })).toBeCloseTo(2, 0);
  });

  it('changes a whole network in first order, for the copy behind a stage’s first block is no true one', async () => {
    expect(await ratio('all', { halved: true })).toBeCloseTo(2, 0);
  });

  it('changes more where h is kept than where it is halved', async () => {
    expect(await change('first stage', 1 / 32, { halved: false })).toBeGreaterThan(
      8 * (await change('first stage', 1 / 32, { halved: true })),
    );
  });
});

describe('what a grown block is a copy of', () => {
  const sourceOf = (name: string, changes: Partial<GrowthOptions> = {}, halved = true) =>
    growth({ width, blocks: 2 }, halved, { ...literal, ...changes }).sourceOf(name);

  it.each([
    ['stage1/block1/convolution1', 'stage1/block1/convolution1'],
    ['stage1/block2/convolution1', 'stage1/block1/convolution1'],
    ['stage1/block3/norm1/scale', 'stage1/block2/norm1/scale'],
    ['stage1/block4/norm2/variance', 'stage1/block2/norm2/variance'],
    // The first block of the second stage has another shape: the next one is copied.
    ['stage2/block2/convolution1', 'stage2/block2/convolution1'],
    ['stage2/block1/convolution1', 'stage2/block1/convolution1'],
    ['classifier/weights', 'classifier/weights'],
  ])('%s is %s', (name, source) => {
    expect(sourceOf(name)).toEqual({ name: source, factor: 1 });
  });

  it('is the next block in every stage where that is chosen', () => {
    expect(sourceOf('stage1/block2/convolution1', { firstCopy: 'next' })?.name).toBe('stage1/block2/convolution1');
  });

  it('is what fits of the first block where that is chosen, and nothing for the rest', () => {
    const fitting = { firstCopy: 'fitting' } as const;
    expect(sourceOf('stage2/block2/convolution2', fitting)?.name).toBe('stage2/block1/convolution2');
    expect(sourceOf('stage2/block2/convolution1', fitting)).toBeNull();
    expect(sourceOf('stage2/block2/norm1/mean', fitting)).toBeNull();
    expect(sourceOf('stage1/block2/convolution1', fitting)?.name).toBe('stage1/block1/convolution1');
  });

  it('has kernels multiplied by the root of a half where that stands for h, and h is not kept', () => {
    const kernels = { halving: 'kernels' } as const;
    expect(sourceOf('stage1/block2/convolution1', kernels)?.factor).toBe(Math.SQRT1_2);
    expect(sourceOf('stage1/block1/convolution2', kernels)?.factor).toBe(Math.SQRT1_2);
    expect(sourceOf('stage1/block1/norm1/scale', kernels)?.factor).toBe(1);
    expect(sourceOf('stage1/block2/convolution1', kernels, false)?.factor).toBe(1);
  });
});
