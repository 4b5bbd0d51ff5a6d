import { describe, expect, it } from 'vitest';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';
import { judgeClaims, type ClaimVerdict } from '../../../harness/report/claims/claims.js';
import { claimTests } from '../../../experiments/warpnet/claims/claim-tests.js';
import { measurementsOf, type Outcome } from '../../../harness/report/measured/measurements.js';
import { readPublished } from '../../../harness/report/evaluate/published.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import type { TimingResult } from '../../../harness/store/result.js';
import { fixtureOutcomes, fixturePlan, paperTables } from './fixtures.js';

const plan = fixturePlan({ profile: 'paper', tables: paperTables, seeds: [0] });

function verdicts(own: ExperimentPlan, outcomes: ReadonlyMap<string, Outcome>): Map<string, ClaimVerdict> {
  const { models, evidence } = tablesFrom({
    plan: own,
    measurements: measurementsOf(outcomes),
    projections: new Map(),
  });
  return new Map(judgeClaims(models, evidence).map((verdict) => [verdict.id.replace('claim.', ''), verdict]));
}

/** Step times by rule: the share saved of a row, in percent. */
function withSpeedUps(
  saved: (row: { family: string; K: number; kw: number; layout: string }) => number,
): Map<string, Outcome> {
  const outcomes = fixtureOutcomes(plan);
  for (const cell of plan.cells) {
    const result = outcomes.get(cell.id)?.result;
    if (cell.kind !== 'timing' || result?.kind !== 'timing') continue;
    const rows = result.rows.map((row, index): TimingResult['rows'][number] => {
      const network = cell.rows[index]?.network;
      if (!network) throw new Error('a row without a network');
      const K = network.family === 'wrn' ? 0 : network.K;
      const percent = index === 0 ? 0 : saved({ family: network.family, K, kw: network.kw, layout: row.layout });
      return { ...row, milliseconds: row.milliseconds.map((_, step) => (1 - percent / 100) * (100 + 0.01 * step)) };
    });
    outcomes.set(cell.id, { result: { ...result, rows } });
  }
  return outcomes;
}

/** As the paper has it: WarpNet1 above WarpNet2, more with K and kw; data parallelism between. */
const asPrinted = ({ family, K, kw, layout }: { family: string; K: number; kw: number; layout: string }): number => {
  if (family === 'wrn') return layout.startsWith('2') ? 29 : 32;
  const devices = layout.split('[').length - 1;
  if (K === 2 && devices === 2) return 23;
  return (family === 'warpnet1' ? 30 : 22) + (K - 2) * 10 + kw / 4;
};

describe('claims', () => {
  it('have a test and a written rule each', () => {
    expect(
      readPublished()
        .claims.map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(claimTests).sort());
  });

  it('about speed hold on speed-ups as printed', () => {
    const found = verdicts(plan, withSpeedUps(asPrinted));
    for (const id of ['k3-faster', 'rs-grows-with-width', 'rs-grows-with-k', 'beats-data-parallel-speed'])
      expect(found.get(id)?.verdict.outcome, id).toBe('reproduced');
    expect(found.get('same-parameters')?.verdict).toMatchObject({ outcome: 'reproduced' });
  });

  it.each<[string, (row: Parameters<typeof asPrinted>[0]) => number]>([
    ['k3-faster', (row) => asPrinted({ ...row, K: 5 - row.K })],
    ['rs-grows-with-width', (row) => asPrinted({ ...row, kw: 16 - row.kw })],
    ['rs-grows-with-k', (row) => asPrinted({ ...row, K: 5 - row.K })],
    ['beats-data-parallel-speed', (row) => (row.family === 'wrn' ? 60 : asPrinted(row))],
    ['warpnet1-beats-warpnet2', (row) => (row.family === 'warpnet2' ? 60 : asPrinted(row))],
  ])('%s falls when the order is turned round', (id, saved) => {
    expect(verdicts(plan, withSpeedUps(saved)).get(id)?.verdict.outcome).toBe('not reproduced');
  });

  it('are not run where nothing has run', () => {
    for (const { verdict, id } of verdicts(plan, new Map()).values()) expect(verdict.outcome, id).toBe('not run');
  });

  it('about errors are not comparable on quick runs, and say what was seen', () => {
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
