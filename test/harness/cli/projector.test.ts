/** Where the command line keeps projected steps. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { madeUpOperations } from '../../../bench/made-up-results.js';
import { projectorOf } from '../../../harness/cli/projector.js';
import { operationsJob } from '../../support/jobs.js';
import { warpnet, warpnetFolder, warpnetNetwork } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const cache = mkdtempSync(join(tmpdir(), 'projector-'));
afterAll(() => rmSync(cache, { recursive: true }));

it('is the cache of the machine; nowhere where sizes of steps are given', async () => {
  await warpnet.loadModels();
  const protocol = warpnetFolder().protocol('paper');
  const network = warpnetNetwork({ family: 'wrn', unitsPerStage: 1, kw: 1, classes: 10 });
  const baseline = { network, layout: network.defaultLayout(1, protocol) };
  const times = madeUpOperations(operationsJob({ protocol, batch: 4, rows: [{ row: '0', ...baseline }] }));
  const environment = { WARPNET_CACHE: cache };
  const projected = async (surroundings: Parameters<typeof projectorOf>[1]) => {
    const projector = projectorOf(warpnet, surroundings);
    await projector.project({ ...baseline, baseline, batch: 4 }, protocol, times);
    projector.keep();
  };
  const folder = join(cache, 'projected-steps');
  await projected({ environment, sizeOf });
  expect(existsSync(folder)).toBe(false);
  await projected({ environment });
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^warpnet-[0-9a-f]{16}\.json$/u)]);
});
