import { expect, it, vi } from 'vitest';
import { madeUpOperations } from '../../../bench/made-up-results.js';
import { projectorOf } from '../../../harness/project/planned-projection.js';
import * as graphs from '../../../harness/project/step-graph.js';
import { operationsJob } from '../../support/jobs.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';

vi.mock('../../../harness/project/step-graph.js', { spy: true });

it('a step is projected once, also where what was measured is read again, as by a report that grows', async () => {
  await warpnet.loadModels();
  const protocol = warpnetFolder().protocol('paper');
  const network = warpnetNetwork({ family: 'warpnet1', K: 2, Nwarp: 6, kw: 1, classes: 10 });
  const wrn = warpnetNetwork({ family: 'wrn', unitsPerStage: 12, kw: 1, classes: 10 });
  const baseline = { network: wrn, layout: wrn.defaultLayout(1, protocol) };
  const compared = { network, layout: network.defaultLayout(3, protocol), baseline, batch: 4 };
  const rows = [baseline, compared].map((placed, index) => ({ row: `${index}`, ...placed }));
  const times = madeUpOperations(operationsJob({ protocol, batch: 4, rows }));
  const traced = vi.mocked(graphs.trainingStepGraph);
  const project = () => projectorOf(warpnet).project(compared, protocol, structuredClone(times));
  const first = project();
  const once = traced.mock.calls.length;
  expect(project()).toEqual(first);
  expect(traced.mock.calls.length).toBe(once);
  expect(once).toBeGreaterThan(0);
});
