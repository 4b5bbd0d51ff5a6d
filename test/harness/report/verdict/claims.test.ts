import { describe, expect, it } from 'vitest';
import { tests } from '../../../../experiments/warpnet/claims/index.js';
import { timing, type TimingResult } from '../../../../harness/kinds/index.js';
import type { ExperimentPlan } from '../../../../harness/plan/plan.js';
import { judgeClaims, type ClaimVerdict } from '../../../../harness/report/claims/claims.js';
import { measurementsOf, type Outcome } from '../../../../harness/report/measured/measurements.js';
import { reportingOf } from '../../../../harness/report/paper.js';
import { tablesFrom } from '../../../../harness/report/render-report.js';
import { warpnet } from '../../../support/papers.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { environment, fixtureOutcomes, fixturePlan, paperTables } from '../fixtures.js';

const plan = fixturePlan({ profile: 'paper', tables: paperTables, seeds: [0] });

function verdicts(own: ExperimentPlan, outcomes: ReadonlyMap<string, Outcome>): Map<string, ClaimVerdict> {
  const { models, evidence } = tablesFrom({
    paper: warpnet,
    plan: own,
    measurements: measurementsOf(outcomes),
    projections: new Map(),
    sizeOf,
  });
  const places = models.flatMap((model) => model.places);
  return new Map(
    judgeClaims(reportingOf(warpnet).claims(), places, evidence).map((verdict) => [
      verdict.id.replace('claim.', ''),
      verdict,
    ]),
  );
}

interface Row {
  readonly system: string;
  readonly K: number;
  readonly kw: number;
  readonly devices: number;
}

/** Step times by rule: the share saved of a row, in percent. */
function withSpeedUps(saved: (row: Row) => number, where = 'cards'): Map<string, Outcome> {
  const outcomes = fixtureOutcomes(plan);
  for (const job of plan.jobs) {
    const result = outcomes.get(job.id)?.result;
    if (!timing.is(job) || result?.kind !== timing.kind) continue;
    const rows = result.rows.map((row, index): TimingResult['rows'][number] => {
      const own = job.rows[index];
      if (!own) throw new Error('a row without a network');
      const { system, specification } = own.network;
      const [K, kw] = [Number(specification['K'] ?? 0), Number(specification['kw'])];
      const percent = index === 0 ? 0 : saved({ system, K, kw, devices: own.layout.devices });
      return { ...row, milliseconds: row.milliseconds.map((_, step) => (1 - percent / 100) * (100 + 0.01 * step)) };
    });
    const elsewhere = where === 'cores' ? { environment, hardware: 'Some CPU' } : {};
    outcomes.set(job.id, { result: { ...result, ...elsewhere, rows } });
  }
  return outcomes;
}

/** As the paper has it: WarpNet1 above WarpNet2, more with K and kw; data parallelism between. */
const asPrinted = ({ system, K, kw, devices }: Row): number => {
  if (system === 'WRN') return devices === 2 ? 29 : 32;
  if (K === 2 && devices === 2) return 23;
  return (system === 'WarpNet1' ? 30 : 22) + (K - 2) * 10 + kw / 4;
};

describe('claims', () => {
  it('have a test each, in a sentence and in code', () => {
    const claims = reportingOf(warpnet).claims();
    expect(claims.map(({ id }) => id)).toEqual(expect.arrayContaining(tests.map(({ id }) => id)));
    for (const { id, test } of claims) expect(test, id).toMatch(/^[A-Z‖].*[.]$/u);
  });

  it('about speed hold on speed-ups as printed', () => {
    const found = verdicts(plan, withSpeedUps(asPrinted));
    for (const id of ['k3-faster', 'rs-grows-with-width', 'rs-grows-with-k', 'beats-data-parallel-speed'])
      expect(found.get(id)?.verdict.outcome, id).toBe('reproduced');
    expect(found.get('same-parameters')?.verdict).toMatchObject({ outcome: 'reproduced' });
  });

  it.each<[string, (row: Row) => number]>([
    ['k3-faster', (row) => asPrinted({ ...row, K: 5 - row.K })],
    ['rs-grows-with-width', (row) => asPrinted({ ...row, kw: 16 - row.kw })],
    ['rs-grows-with-k', (row) => asPrinted({ ...row, K: 5 - row.K })],
    ['beats-data-parallel-speed', (row) => (row.system === 'WRN' ? 60 : asPrinted(row))],
    ['warpnet1-beats-warpnet2', (row) => (row.system === 'WarpNet2' ? 60 : asPrinted(row))],
  ])('%s falls when the order is turned round', (id, saved) => {
    expect(verdicts(plan, withSpeedUps(saved)).get(id)?.verdict.outcome).toBe('not reproduced');
  });

  it('are not judged where nothing has run', () => {
    for (const { verdict, id } of verdicts(plan, new Map()).values())
      expect(verdict, id).toMatchObject({
        outcome: 'not judged',
        code: expect.stringMatching(/^not-run-yet|^device/u) as string,
      });
  });

  it.each(['k3-faster', 'rs-grows-with-k', 'beats-data-parallel-speed'])(
    '%s is neither reproduced nor refuted by speed-ups of CPU cores, which are shown',
    (id) => {
      for (const saved of [asPrinted, (row: Row) => -asPrinted(row)]) {
        const verdict = verdicts(plan, withSpeedUps(saved, 'cores')).get(id)?.verdict;
        expect(verdict).toMatchObject({ outcome: 'not judged', code: 'other-hardware' });
        expect(verdict?.reason).toMatch(/\d+ of \d+ pairs point the claimed way/u);
      }
    },
  );

  it('about errors are not judged on quick runs, and say what was seen', () => {
    const quick = fixturePlan({ tables: ['table2', 'table3'] });
    const close = verdicts(quick, fixtureOutcomes(quick)).get('warp-error-close');
    expect(close?.verdict.outcome).not.toBe('reproduced');
    // Under whichever protocol the quick profile trains.
    const seen = close?.findings.map(({ evidence }) => evidence).join(' ');
    expect(seen).toMatch(/another data set: WarpNet’s error is about equal or lower in \d+ of \d+ pairs/u);
  });

  it('name the protocols that they hold under', () => {
    const found = verdicts(plan, withSpeedUps(asPrinted)).get('k3-faster');
    expect(found?.findings.map(({ protocol }) => protocol)).toContain('released-code');
    expect(found?.verdict.reason).toMatch(/Under paper and released-code/u);
  });
});
