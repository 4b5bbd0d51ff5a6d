import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { questions } from '../../../experiments/warpnet/questions.js';
import { timing } from '../../../harness/kinds/index.js';
import { writeReports } from '../../../harness/report/index.js';
import { choicesOf } from '../../../harness/report/questions.js';
import { provenanceOf } from '../../../harness/report/provenance/provenance.js';
import { longTier } from '../../tier.js';
import { environment, fixture, occasion } from './fixtures.js';

const { plan, outcomes } = fixture({ tables: ['table2', 'seeds'] }, (job) => timing.is(job));

describe('provenance', () => {
  const provenance = provenanceOf(plan, outcomes, occasion);

  it('records command, code, seeds, data, machines and what was shrunk', () => {
    expect(provenance).toMatchObject({ ...occasion, profile: 'quick', seeds: [0, 1, 2, 3, 4], energyJoules: null });
    expect(provenance.data[0]).toMatchObject({ dataset: 'fashion-mnist', checksum: 'fm' });
    expect(provenance.environments).toEqual([{ jobs: provenance.jobs.finished, environment }]);
    expect(provenance.shrunk).toContain('errors: kw 4 → 1');
    expect(provenance.protocols.map(({ name }) => name)).toEqual(['paper', 'released-code', 'released-code, fused BN']);
  });

  it('counts jobs that finished, failed and never ran', () => {
    const failed = plan.jobs.filter((job) => timing.is(job)).length;
    expect(provenance.jobs).toEqual({ planned: plan.jobs.length, finished: plan.jobs.length - failed, failed });
    expect(provenanceOf(plan, new Map(), occasion).jobs.finished).toBe(0);
  });

  it('adds up energy where a GPU told it', () => {
    const told = new Map(
      [...outcomes].map(([id, { result }]) => [id, result ? { result: { ...result, energyJoules: 10 } } : {}]),
    );
    expect(provenanceOf(plan, told, occasion).energyJoules).toBe(10 * provenance.jobs.finished);
  });
});

describe('what the paper leaves open', () => {
  it('are A1 to A24, each with a choice', () => {
    expect(questions.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, index) => `A${index + 1}`));
    expect(questions.filter(({ choice }) => choice === '')).toEqual([]);
  });

  it('show each option under every protocol, once where they agree', () => {
    const [first] = questions;
    const protocols = plan.jobs.map(({ protocol }) => protocol).slice(0, 1);
    const [own] = protocols;
    if (!first || !own) throw new Error('nothing to choose');
    expect(choicesOf(first, protocols)).toEqual([`derivative: ${String(own['derivative'])}`]);
    const both = [own, { ...own, name: 'other', derivative: 'R3' }];
    expect(choicesOf(first, both)).toEqual([`derivative: ${String(own['derivative'])} (${own.name}), R3 (other)`]);
  });
});

describe.runIf(longTier)('a report of 500 runs', () => {
  it('takes at most 2 s of processor time and 1.5 MB', () => {
    const folder = mkdtempSync(join(tmpdir(), 'many-'));
    const many = fixture({ profile: 'paper', seeds: [0, 1, 2, 3] });
    expect(many.plan.jobs.length).toBeGreaterThan(500);
    const before = process.cpuUsage();
    writeReports({ ...many, occasion, reports: folder, folder: join(folder, 'paper', 'warpnet') });
    // Processor time, not wall time: other work on the machine is not the report's.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
    expect(statSync(join(folder, 'paper', 'warpnet', 'index.html')).size).toBeLessThan(1.5e6);
    rmSync(folder, { recursive: true });
  });
});
