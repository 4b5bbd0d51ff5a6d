/** What is known of a machine's projections: a plan's own checks, beside a validation that was asked for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { madeUpOperations } from '../../../../bench/made-up-results.js';
import { operations, timing, type JobResult } from '../../../../harness/kinds/index.js';
import { expand } from '../../../../harness/plan/expand/expand.js';
import { PlaceProjector } from '../../../../harness/project/planned-projection.js';
import { knownValidation } from '../../../../harness/project/validation/known-validation.js';
import { validationCsv, validationTable } from '../../../../harness/project/validation/validation-file.js';
import type { ValidatedLayout } from '../../../../harness/project/validation/validation.js';
import { twoCores } from '../../../support/machines.js';
import { warpnet, warpnetFolder } from '../../../support/papers.js';
import { operationsResult, timingResult } from '../../../support/results.js';
import { sizeOf } from '../../../support/step-sizes.js';

const reports = mkdtempSync(join(tmpdir(), 'known-validation-'));
afterAll(() => rmSync(reports, { recursive: true }));

beforeAll(() => warpnet.loadModels());

const folder = warpnetFolder();
const plan = expand({ matrices: [folder.matrix('table2')], profile: 'quick', machine: twoCores, sizeOf, folder });
const projector = new PlaceProjector(warpnet);
const hardware = 'Some CPU';

/** Every timed row takes three quarters of its baseline's time. */
function outcomes(): Map<string, { result?: JobResult }> {
  const found = new Map<string, { result?: JobResult }>();
  for (const job of plan.jobs) {
    if (operations.is(job))
      found.set(job.id, { result: operationsResult({ id: job.id, hardware, times: madeUpOperations(job) }) });
    if (timing.is(job)) {
      const rows = job.rows.map(({ row, layout }, index) => ({
        ...{ row, layout: layout.text, parameters: 1, compileSeconds: 1, busySeconds: null, memory: null },
        milliseconds: [0, 1, 2, 3, 4, 5].map((step) => (index === 0 ? 100 : 75) + step / 100),
        rounds: [0, 1, 2, 3, 4, 5],
      }));
      found.set(job.id, { result: timingResult({ id: job.id, hardware, rows }) });
    }
  }
  return found;
}

it('is nothing where nothing was timed', async () => {
  expect(await knownValidation({ projector, plan, outcomes: new Map(), reports })).toBeNull();
});

it('is the difference of what was measured and what was projected in the checks', async () => {
  const found = await knownValidation({ projector, plan, outcomes: outcomes(), reports });
  expect(found?.rows.map(({ protocol, measuredRs }) => [protocol, Math.round(measuredRs)])).toEqual([
    ['paper', 25],
    ['released-code', 25],
  ]);
  const differences = found?.rows.map(({ measuredRs, projectedRs }) => Math.abs(measuredRs - projectedRs)) ?? [];
  expect(found?.meanDifferencePct).toBeCloseTo(((differences[0] ?? 0) + (differences[1] ?? 0)) / 2, 9);
});

it('has the layouts of a validation on the same hardware too, and no others', async () => {
  const own = await knownValidation({ projector, plan, outcomes: outcomes(), reports });
  const [first] = own?.rows ?? [];
  if (first === undefined) throw new Error('nothing validated');
  const asked: ValidatedLayout[] = [
    { ...first, network: 'WarpNet1-13-4', timing: 'another' },
    { ...first, network: 'WarpNet1-19-4', timing: 'a third', hardware: 'Another CPU' },
    first,
  ];
  mkdirSync(join(reports, 'quick'));
  writeFileSync(join(reports, 'quick', validationTable), validationCsv(asked));
  const found = await knownValidation({ projector, plan, outcomes: outcomes(), reports });
  expect(found?.rows.map(({ network }) => network)).toEqual([
    'WarpNet1-73-4 (K = 2)',
    'WarpNet1-73-4 (K = 2)',
    'WarpNet1-13-4',
  ]);
});
