/** The paper's tables as they are planned. */
import { beforeAll, describe, expect, it } from 'vitest';
import { multilevel } from '../../../experiments/multilevel/index.js';
import { printed } from '../../../experiments/multilevel/printed.js';
import { training, type TrainingJob } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { storedNetwork, systemNamed } from '../../../harness/plan/paper/paper.js';
import { parseOverrides } from '../../../harness/plan/profile/overrides.js';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { sizeOf } from '../../support/step-sizes.js';

beforeAll(() => multilevel.loadModels());

const folder = new ExperimentFolder(multilevel);
const plan = (tables: readonly string[], profile = 'quick', machine = twoCores, set: string[] = []): ExperimentPlan =>
  expand({
    matrices: tables.map((name) => folder.matrix(name)),
    overrides: parseOverrides(multilevel, set),
    ...{ profile, machine, sizeOf, folder },
  });

const entryOf = ({ tables: [table] }: ExperimentPlan, id: string) => {
  const entry = table?.entries.find(({ published }) => published === id);
  if (entry === undefined) throw new Error(`no ${id}`);
  return entry;
};

/** The first seed's training of a printed row. */
function jobOf(planned: ExperimentPlan, id: string): TrainingJob {
  const { error } = entryOf(planned, id);
  const job = error.skipped ? undefined : planned.jobs.find((candidate) => candidate.id === error.jobs[0]);
  if (job === undefined || !training.is(job)) throw new Error(`no training of ${id}`);
  return job;
}

const network = (axes: { width?: number; firstBlocks: number; blocks: number; stepSize?: 'kept' | 'halved' }) =>
  systemNamed(multilevel, 'ResNet').network({ width: 16, stepSize: 'kept', ...axes }, 10);

describe('the printed rows', () => {
  it('are all planned, twelve a data set', () => {
    const ids = plan(['networks']).tables[0]?.entries.map(({ published }) => published);
    expect(ids).toHaveLength(36);
    expect(new Set(ids)).toEqual(new Set(printed().rows.keys()));
  });

  it('are trained as printed under the paper’s settings: 160 epochs, grown after 60 and 110', () => {
    const planned = plan(['networks'], 'paper', fourCards);
    expect(jobOf(planned, 'cifar10.resnet-50-i').training).toMatchObject({
      ...{ steps: 80_000, batch: 100, learningRate: 0.5, weightDecay: 0.0002 },
      cosine: { final: 0.001, restarts: [30_000, 55_000] },
      growAt: [30_000, 55_000],
    });
    // 5,000 images in batches of 32.
    expect(jobOf(planned, 'stl10.wresnet-122-i').training).toMatchObject({ steps: 25_000, growAt: [9_375, 17_188] });
    expect(jobOf(planned, 'cifar10.resnet-50').training).toMatchObject({ cosine: { restarts: [30_000, 55_000] } });
    expect(jobOf(planned, 'cifar10.resnet-50').training).not.toHaveProperty('growAt');
  });

  it('have their times compared with those of the fixed network of their depth', () => {
    const planned = plan(['networks'], 'paper', fourCards);
    const referenceOf = (id: string) => {
      const { error } = entryOf(planned, id);
      return error.skipped ? [] : error.reference;
    };
    expect(referenceOf('cifar100.wresnet-122-i')).toContain(jobOf(planned, 'cifar100.wresnet-122').id);
    expect(referenceOf('cifar100.wresnet-122')).toEqual([]);
  });

  it('on STL-10 are not run without it, and the reason says how to get it', () => {
    expect(entryOf(plan(['networks']), 'stl10.resnet-14').error).toMatchObject({ skipped: true, code: 'DATA_MISSING' });
  });
});

describe('the quick profile', () => {
  it('trains the smallest networks in place of others, and says what was shrunk', () => {
    const { error } = entryOf(plan(['networks']), 'cifar10.wresnet-122-i');
    if (error.skipped) throw new Error('not run');
    expect(error.network.label).toBe('ResNet-50-i');
    expect(error.shrunk.map(({ what }) => what)).toEqual([
      ...['width', 'firstBlocks', 'blocks', 'steps', 'batch', 'training images'],
    ]);
  });

  it('trains four networks for all of the paper’s tables', () => {
    expect(plan(multilevel.tables).jobs).toHaveLength(4);
  });

  it('grows at the same shares of however many steps', () => {
    const planned = plan(['networks'], 'quick', twoCores, ['training.steps=160']);
    expect(jobOf(planned, 'cifar10.resnet-50-i').training).toMatchObject({ steps: 160, growAt: [60, 110] });
  });

  it('refuses a training that ends before the network is grown', () => {
    expect(() => plan(['networks'], 'paper', fourCards, ['training.steps=40000'])).toThrow(
      expect.objectContaining({ code: 'TRAINING_TOO_SHORT' }),
    );
  });
});

describe('networks', () => {
  it.each([
    [{ firstBlocks: 3, blocks: 8 }, /cannot be doubled/],
    [{ firstBlocks: 8, blocks: 2 }, /cannot be doubled/],
    [{ firstBlocks: 2, blocks: 2, stepSize: 'halved' }, /Nothing halves/],
  ] as const)('there is none of %o', (axes, why) => {
    expect(() => network(axes)).toThrow(why);
  });

  it('are grown from smaller ones with the step size that those have', () => {
    const grown = network({ firstBlocks: 2, blocks: 8, stepSize: 'halved' });
    expect(grown.before.map(({ label }) => label)).toEqual(['ResNet-14', 'ResNet-26-i']);
    expect(grown.before.map(({ key }) => key)).toEqual([
      network({ firstBlocks: 2, blocks: 2 }).key,
      network({ firstBlocks: 2, blocks: 4, stepSize: 'halved' }).key,
    ]);
    expect(network({ firstBlocks: 8, blocks: 8 }).before).toEqual([]);
  });

  it('come back from what jobs store', () => {
    const grown = network({ width: 32, firstBlocks: 5, blocks: 20, stepSize: 'halved' });
    const read = storedNetwork(multilevel, JSON.parse(JSON.stringify(grown)));
    expect(read.key).toBe(grown.key);
    expect(read.label).toBe('WResNet-122-i');
    expect(read.before).toHaveLength(2);
  });
});

describe('the choices', () => {
  it('are each another training of the same network', () => {
    const { jobs } = plan(['choices']);
    expect(new Set(jobs.filter(training.is).map((job) => job.network.label))).toEqual(
      new Set(['ResNet-50-i', 'ResNet-50']),
    );
    // Six protocols; the time of each is compared with the fixed network, which only the two about h change.
    expect(jobs).toHaveLength(6 + 3);
  });
});
