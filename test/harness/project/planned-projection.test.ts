import { describe, expect, it } from 'vitest';
import { madeUpOperations } from '../../../bench/made-up-results.js';
import { operations } from '../../../harness/kinds/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { projectionKey, projectPlaces } from '../../../harness/project/projections.js';
import { stepSizes } from '../../../harness/project/step-size.js';
import { twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { operationsResult } from '../../support/results.js';

// Which networks share a job is read from their steps.
await warpnet.loadModels();

const folder = warpnetFolder();
const plan = expand({
  matrices: ['table2', 'table3', 'table4', 'table5', 'width'].map((name) => folder.matrix(name)),
  profile: 'auto',
  machine: twoCores,
  sizeOf: stepSizes(),
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
  .flatMap(({ label, projection }) => {
    if (projection === null || projection.skipped) return [];
    const protocol = plan.protocols.find(({ name }) => name === projection.protocol);
    if (protocol === undefined) throw new Error('no protocol');
    return [{ label, projection, protocol }];
  });

const projector = new PlaceProjector(warpnet);

describe('the operations of short networks', () => {
  const times = new Map([...jobs].map(([id]) => [id, undefined as ReturnType<typeof madeUpOperations> | undefined]));
  it.each(places)('price $label $projection.layout.text, $protocol.name', async ({ projection, protocol }) => {
    const job = jobOf(projection.job);
    const own = times.get(job.id) ?? madeUpOperations(job);
    times.set(job.id, own);
    const { estimatedShare, percent, milliseconds, baselineMilliseconds } = await projector.project(
      projection,
      protocol,
      own,
    );
    // What is left are sums over replicas or branches, of which a layout on fewer devices has fewer.
    expect(estimatedShare).toBeLessThan(0.02);
    expect(percent).toBeGreaterThan(-30);
    expect(percent).toBeLessThan(75);
    expect(percent).toBeCloseTo(100 * (1 - milliseconds / baselineMilliseconds), 9);
  });
});

describe('a job on operations', () => {
  const labelled = (label: RegExp, protocol: string, layout = '[F1]') =>
    new Set(
      places
        .filter(({ label: own, projection }) => label.test(own) && projection.layout.text.startsWith(layout))
        .filter(({ projection }) => projection.protocol === protocol)
        .map(({ projection }) => projection.job),
    );

  it('serves all networks of a width: of either kind, and of every K', () => {
    expect(labelled(/^WarpNet[12]-\d+-4$/u, 'paper').size).toBe(1);
    expect(labelled(/^WarpNet[12]-\d+-4$/u, 'released-code').size).toBe(1);
    expect([...jobs.values()].map(({ title }) => title).filter((title) => / batch \d+, /u.test(title))).toHaveLength(
      // Five widths under two protocols.
      5 * 2,
    );
  });

  it('is another where the operations are others: of another protocol, width or part of the batch', () => {
    const [paper] = labelled(/^WarpNet1-\d+-4$/u, 'paper');
    const others = [
      labelled(/^WarpNet1-\d+-4$/u, 'released-code'),
      labelled(/^WarpNet1-\d+-6$/u, 'paper'),
      labelled(/^WRN-73-4$/u, 'paper', '4 x'),
    ];
    for (const other of others) {
      expect(other.size).toBe(1);
      expect([...other]).not.toContain(paper);
    }
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
    const found = await projectPlaces({ projector, plan, outcomes: measured(0.25), validation: null });
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
    expect(await projectPlaces({ projector, plan, outcomes: new Map(), validation: null })).toEqual(new Map());
  });
});
