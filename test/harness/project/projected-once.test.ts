import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeUpOperations } from '../../../bench/made-up-results.js';
import type { OperationTimes } from '../../../harness/kinds/operations/operation-times.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import * as graphs from '../../../harness/project/step-graph.js';
import { operationsJob } from '../../support/jobs.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';

vi.mock('../../../harness/project/step-graph.js', { spy: true });

const protocol = warpnetFolder().protocol('paper');
const network = warpnetNetwork({ family: 'warpnet1', K: 2, Nwarp: 6, kw: 1, classes: 10 });
const wrn = warpnetNetwork({ family: 'wrn', unitsPerStage: 12, kw: 1, classes: 10 });
const baseline = { network: wrn, layout: wrn.defaultLayout(1, protocol) };
const compared = { network, layout: network.defaultLayout(3, protocol), baseline, batch: 4 };
const rows = [baseline, compared].map((placed, index) => ({ row: `${index}`, ...placed }));

let times: OperationTimes;
beforeAll(async () => {
  await warpnet.loadModels();
  times = madeUpOperations(operationsJob({ protocol, batch: 4, rows }));
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'projected-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As in a call of its own: the projection, and how many graphs were traced for it. */
async function call(projector: PlaceProjector, measured = structuredClone(times)) {
  const traced = vi.mocked(graphs.trainingStepGraph);
  const before = traced.mock.calls.length;
  const projection = await projector.project(compared, protocol, measured);
  projector.keep();
  return { projection, traced: traced.mock.calls.length - before };
}

const onlyFile = (): string => join(folder, readdirSync(folder)[0] ?? 'none');

describe('a step is projected once', () => {
  it('also where what was measured is read again, as by a report that grows', async () => {
    const projector = new PlaceProjector(warpnet);
    const first = await call(projector);
    expect(first.traced).toBeGreaterThan(0);
    expect(await call(projector)).toEqual({ ...first, traced: 0 });
  });

  it('also in another call, which gives the same numbers to the last digit and loads no models', async () => {
    const first = await call(new PlaceProjector(warpnet, folder));
    const loadModels = vi.fn(() => warpnet.loadModels());
    expect(await call(new PlaceProjector({ ...warpnet, loadModels }, folder))).toEqual({ ...first, traced: 0 });
    expect(loadModels).not.toHaveBeenCalled();
    expect((await call(new PlaceProjector(warpnet))).projection).toEqual(first.projection);
  });

  it('for what was measured: after another measurement it is projected anew, and both are kept', async () => {
    const first = await call(new PlaceProjector(warpnet, folder));
    const effects = { stretch: {}, latency: 1e5, bandwidth: null };
    const slower = await call(new PlaceProjector(warpnet, folder), { ...times, effects });
    expect(slower.traced).toBe(first.traced);
    expect(slower.projection.percent).toBeLessThan(first.projection.percent);
    expect(await call(new PlaceProjector(warpnet, folder))).toEqual({ ...first, traced: 0 });
    expect(await call(new PlaceProjector(warpnet, folder), { ...times, effects })).toEqual({ ...slower, traced: 0 });
  });

  it('unless its file is damaged: then it is projected anew', async () => {
    const first = await call(new PlaceProjector(warpnet, folder));
    const text = readFileSync(onlyFile(), 'utf8');
    writeFileSync(onlyFile(), text.replace(/"step":(\d)/, '"step":9$1'));
    expect(await call(new PlaceProjector(warpnet, folder))).toEqual(first);
    expect(await call(new PlaceProjector(warpnet, folder))).toEqual({ ...first, traced: 0 });
  });

  it('or there is nowhere to keep it', async () => {
    const first = await call(new PlaceProjector(warpnet, '/proc/nowhere'));
    expect(await call(new PlaceProjector(warpnet, '/proc/nowhere'))).toEqual(first);
  });
});
