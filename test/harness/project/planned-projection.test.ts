import { beforeAll, describe, expect, it } from 'vitest';
import { madeUpOperations } from '../../../bench/made-up-results.js';
import { operations } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { projectionKey, projectPlaces } from '../../../harness/project/projections.js';
import { twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { operationsResult } from '../../support/results.js';
import { sizeOf } from '../../support/step-sizes.js';

beforeAll(() => warpnet.loadModels());

const folder = warpnetFolder();
const plan = expand({
  matrices: ['table2', 'table3', 'table4', 'table5', 'width'].map((name) => folder.matrix(name)),
  profile: 'auto',
  protocols: ['released-code'],
  machine: twoCores,
  sizeOf,
  folder,
});
const jobs = new Map(plan.jobs.filter((job) => operations.is(job)).map((job) => [job.id, job]));

function jobOf(id: string) {
  const job = jobs.get(id);
  if (job === undefined) throw new Error('no job on operations');
  return job;
}

const places = plan.tables
  .flatMap(({ entries }) => entries)
  .flatMap(({ label, projection }) => (projection === null || projection.skipped ? [] : [{ label, projection }]));

describe('the operations of short networks', () => {
  const projector = new PlaceProjector(warpnet);
  const times = new Map([...jobs].map(([id]) => [id, undefined as ReturnType<typeof madeUpOperations> | undefined]));
  it.each(places)('price $label $projection.layout.text', ({ projection }) => {
    const job = jobOf(projection.job);
    const own = times.get(job.id) ?? madeUpOperations(job);
    times.set(job.id, own);
    const { estimatedShare, percent, milliseconds, baselineMilliseconds } = projector.project(
      projection,
      job.protocol,
      own,
    );
    // What is left are sums over replicas or branches, of which a layout on fewer devices has fewer.
    expect(estimatedShare).toBeLessThan(0.02);
    expect(percent).toBeGreaterThan(-20);
    expect(percent).toBeLessThan(75);
    expect(percent).toBeCloseTo(100 * (1 - milliseconds / baselineMilliseconds), 9);
  });
});

describe('the projections of a plan', () => {
  const [place] = places;
  if (place === undefined) throw new Error('no place');
  const { projection } = place;
  const job = jobOf(projection.job);
  const measured = (otherLoad: number) =>
    new Map([
      [
        job.id,
        { result: operationsResult({ id: job.id, hardware: 'Some CPU', otherLoad, times: madeUpOperations(job) }) },
      ],
    ]);

  it('are those whose operations were timed, under the key of job and steps', async () => {
    const found = await projectPlaces({ paper: warpnet, plan, outcomes: measured(0.25), validation: null });
    const sharing = places.filter((other) => other.projection.job === job.id);
    expect([...found.keys()].sort()).toEqual(
      [...new Set(sharing.map((other) => projectionKey(other.projection)))].sort(),
    );
    expect(found.get(projectionKey(projection))).toMatchObject({
      hardware: { kind: 'cpu', model: 'Some CPU' },
      otherLoad: 0.25,
      validated: 0,
      validationError: null,
    });
  });

  it('are none where nothing was timed', async () => {
    expect(await projectPlaces({ paper: warpnet, plan, outcomes: new Map(), validation: null })).toEqual(new Map());
  });
});
