/** What the paper's reports say of made-up trainings. */
import { beforeAll, describe, expect, it } from 'vitest';
import { branches } from '../../../experiments/multilevel/arrange/branches.js';
import { curves } from '../../../experiments/multilevel/arrange/curves.js';
import { claims } from '../../../experiments/multilevel/claims.js';
import { multilevel } from '../../../experiments/multilevel/index.js';
import { blocksOf } from '../../../experiments/multilevel/model/plan.js';
import { normOf } from '../../../experiments/multilevel/model/probe-names.js';
import { training, type ErrorResult, type TrainingJob } from '../../../harness/kinds/index.js';
import type { Evaluation } from '../../../harness/kinds/training/result.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { measurementsOf } from '../../../harness/report/measured/measurements.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { renderMarkdown } from '../../../harness/report/render/markdown.js';
import { twoCores } from '../../support/machines.js';
import { trainingResult } from '../../support/results.js';
import { sizeOf } from '../../support/step-sizes.js';

beforeAll(() => multilevel.loadModels());

const folder = new ExperimentFolder(multilevel);
const plan = expand({
  matrices: multilevel.tables.map((name) => folder.matrix(name)),
  ...{ profile: 'quick', machine: twoCores, sizeOf, folder },
});

/** Seconds and last error by label. */
const measured: Readonly<Record<string, readonly [seconds: number, error: number]>> = {
  'ResNet-14': [10, 22],
  'ResNet-50': [40, 20],
  'ResNet-50-i': [24, 19],
  'ResNet-50-i, h kept': [25, 21],
};

/** Growing by itself adds 30 points, and the restart 5 more by the next evaluation. */
function evaluationsOf({ training: { steps, growAt = [] } }: TrainingJob, last: number): Evaluation[] {
  const at = (step: number, errorPct: number, phase: number): Evaluation => ({
    ...{ step, epoch: step / 100, errorPct, top5ErrorPct: 1, sampledErrorPct: null, loss: 1 },
    ...(growAt.length > 0 && { phase }),
  });
  const grown = growAt.flatMap((step, index) => [
    at(step, 30, index + 1),
    at(step, 60, index + 2),
    at(step + 10, 65, index + 2),
  ]);
  return [...grown, at(steps, last, growAt.length + 1)];
}

function resultOf(job: TrainingJob): ErrorResult {
  const { label, specification } = job.network;
  const [seconds = Number.NaN, error = Number.NaN] = measured[label] ?? [];
  const evaluations = evaluationsOf(job, error);
  const last = evaluations.at(-1);
  if (last === undefined) throw new Error('no evaluation');
  const blocks = blocksOf({ width: Number(specification['width']), blocks: Number(specification['blocks']) });
  const probes = Object.fromEntries(blocks.map(({ name }, index) => [normOf(name), index + 1]));
  return trainingResult({
    id: job.id,
    evaluations,
    last,
    best: last,
    stepSeconds: seconds,
    probes,
    validationImages: 10_000,
  });
}

const { models, evidence } = tablesFrom({
  paper: multilevel,
  plan,
  measurements: measurementsOf(
    new Map(plan.jobs.filter(training.is).map((job) => [job.id, { result: resultOf(job) }])),
  ),
  ...{ projections: new Map(), sizeOf },
});
const modelOf = (id: string) => {
  const model = models.find((candidate) => candidate.id === id);
  if (model === undefined) throw new Error(`no ${id}`);
  return model;
};
const placeOf = (published: string) => {
  const place = modelOf('networks').places.find(({ entry }) => entry.published === published);
  if (place === undefined) throw new Error(`no ${published}`);
  return place;
};

describe('the table', () => {
  it('has the share of the time that growing saves, beside the printed one and the predictions', () => {
    const { quantity } = placeOf('cifar10.resnet-50-i');
    expect(quantity('training-time').value).toBe(24);
    // 24 of 40 seconds.
    expect(quantity('time-saved').value).toBeCloseTo(40, 10);
    expect(quantity('time-saved').printed?.text).toBe('41');
    expect(quantity('saved-by-formula').value).toBeCloseTo(41.67, 2);
    expect(quantity('saved-by-blocks').value).toBe(43.75);
    expect(quantity('line-minutes').value).toBeCloseTo(69.7, 1);
  });

  it('saves nothing by a network that does not grow, and has a line for its minutes', () => {
    const { quantity } = placeOf('cifar10.resnet-50');
    expect(quantity('time-saved').value).toBeNull();
    expect(quantity('saved-by-blocks').value).toBeNull();
    expect(quantity('line-minutes').value).toBeCloseTo(114, 0);
    expect(placeOf('cifar100.resnet-50').quantity('line-minutes').value).toBeNull();
  });

  it('names what was shrunk at every error, and judges none of them', () => {
    for (const { entry, quantity } of modelOf('networks').places) {
      if (entry.error.skipped) continue;
      expect(quantity('error').verdict?.outcome).toBe('reduced scale');
      expect(quantity('error').reductions.map(({ what }) => what)).toEqual(expect.arrayContaining(['steps', 'batch']));
    }
  });

  it('reads so in Markdown', () => {
    const text = renderMarkdown(modelOf('networks'));
    expect(text).toMatch(
      /ResNet-50-i.*\| 7\.10 .*\| 67 min .*69\.7.*\| 24\.0 .*\| 41 .*41\.7.*43\.75.*38\.9.*\| 40\.0/u,
    );
    expect(text).toContain('STL-10 is not here');
  });
});

describe('the claims', () => {
  const decided = Object.fromEntries(
    claims().map(({ id, decide }) => [id, decide(modelOf('networks').places, evidence)]),
  );

  it('say how much is saved, and that it is of reduced scale', () => {
    expect(decided['claim.saves-time']).toMatchObject({ outcome: 'reduced scale' });
    expect(decided['claim.saves-time']?.evidence).toContain('saves 40.0 % of the time on average');
  });

  it('compare each grown network with the fixed one', () => {
    expect(decided['claim.as-accurate']?.evidence).toContain('about equal or lower in 4 of 4 pairs');
  });

  it('tell what growing does to the error from what the restart does', () => {
    expect(decided['claim.jumps-and-falls']?.evidence).toContain(
      'higher after 8 of 8 interpolations: by 30.0 points on average by growing itself, by 35.0 at the next evaluation',
    );
  });
});

describe('the figures', () => {
  it('have both errors of a step at which a network grows', () => {
    const rows = curves.csv(modelOf('curves')).trim().split('\n');
    const grown = rows.filter((row) => row.includes('ResNet-50-i,paper'));
    expect(grown).toHaveLength(7);
    expect(grown.map((row) => row.split(',').at(-1))).toEqual(['30', '60', '65', '30', '60', '65', '19']);
    expect(curves.draw(modelOf('curves')).svg).toContain('polyline');
  });

  it('have the norm of every block of every network, by depth', () => {
    const rows = branches.csv(modelOf('branches')).trim().split('\n').slice(1);
    // 2 blocks in each of three stages, and three times 8.
    expect(rows).toHaveLength(6 + 3 * 24);
    expect(branches.draw(modelOf('branches')).svg).toContain('Stage 3');
  });

  it('say so where nothing has been trained', () => {
    const { models: empty } = tablesFrom({
      paper: multilevel,
      plan,
      measurements: measurementsOf(new Map()),
      ...{ projections: new Map(), sizeOf },
    });
    for (const figure of [curves, branches]) {
      const model = empty.find(({ id }) => id === figure.table);
      const drawn = model && figure.draw(model);
      expect(drawn?.svg).toBeNull();
      expect(drawn?.caption).toContain('Nothing to draw yet.');
    }
  });
});
