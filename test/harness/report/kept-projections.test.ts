/** A report is the same to the byte, whether its steps are projected now or were by an earlier call. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { madeUpResult } from '../../../bench/made-up-results.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { projectPlaces } from '../../../harness/project/projections.js';
import * as graphs from '../../../harness/project/step-graph.js';
import { knownValidation } from '../../../harness/project/validation/known-validation.js';
import { writeCsvs, writeReports } from '../../../harness/report/index.js';
import { twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

vi.mock('../../../harness/project/step-graph.js', { spy: true });

const scratch = mkdtempSync(join(tmpdir(), 'kept-projections-'));
afterAll(() => {
  vi.useRealTimers();
  rmSync(scratch, { recursive: true });
});

beforeAll(async () => {
  await warpnet.loadModels();
  // A report says when it was written.
  vi.useFakeTimers({ toFake: ['Date'] });
});

const traces = () => vi.mocked(graphs.trainingStepGraph).mock.calls.length;

it('is the same without a folder for projected steps, with an empty one and with a full one', async () => {
  const folder = warpnetFolder();
  const plan = expand({ matrices: [folder.matrix('table2')], profile: 'quick', machine: twoCores, sizeOf, folder });
  const outcomes = new Map(plan.jobs.map((job) => [job.id, { result: madeUpResult(job) }]));
  const report = async (kept: string | null): Promise<Map<string, string>> => {
    const projector = new PlaceProjector(warpnet, kept);
    const reports = join(scratch, 'reports');
    const written = join(reports, 'quick', 'warpnet');
    const validation = await knownValidation({ projector, plan, outcomes, reports });
    const projections = await projectPlaces({ projector, plan, outcomes, validation });
    expect(validation?.rows.length).toBeGreaterThan(0);
    expect(projections.size).toBeGreaterThan(0);
    const measured = { plan, outcomes, projections, validation };
    writeCsvs(measured, written);
    writeReports({ ...measured, paper: warpnet, sizeOf, reports, folder: written });
    const files = readdirSync(written, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')] as const);
    rmSync(reports, { recursive: true });
    return new Map(texts);
  };
  const without = await report(null);
  const empty = await report(join(scratch, 'kept'));
  const before = traces();
  const full = await report(join(scratch, 'kept'));
  expect(traces()).toBe(before);
  expect(without.get('table2.md')).toContain('†');
  expect(empty).toEqual(without);
  expect(full).toEqual(without);
});
