import { describe, expect, it } from 'vitest';
import { byProtocol } from '../../../harness/report/arrange/by-protocol.js';
import { quantity } from '../../../harness/report/evaluate/quantity.js';
import { measurementsOf } from '../../../harness/report/measured/measurements.js';
import { wilsonInterval } from '../../../harness/core/statistics.js';
import { trainingsOf } from '../../../harness/report/metrics/errors.js';
import type { Metric } from '../../../harness/report/metrics/metric.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { renderCsv } from '../../../harness/report/render/csv.js';
import { renderMarkdown } from '../../../harness/report/render/markdown.js';
import { summarise } from '../../../harness/report/summary.js';
import { readRules } from '../../../harness/report/verdict/thresholds.js';
import { fixture, modelOf } from './fixtures.js';

/** Share of the seeds that end below an error of 14.1 %, with a binomial interval. */
const success: Metric = {
  id: 'success',
  title: 'Success (%)',
  short: 'success %',
  plural: 'Success rates',
  unit: 'percent',
  sign: '%',
  better: 'higher',
  decimals: { usual: 0, most: 0 },
  sample: ['run', 'runs'],
  summarised: true,
  planOf: ({ error }) => error,
  evaluate: (entry, evidence) => {
    const runs = trainingsOf(entry, evidence);
    const share = (100 * runs.filter(({ last }) => last.errorPct < 14.1).length) / runs.length;
    return quantity({
      metric: success,
      provenance: 'measured',
      value: share,
      interval: wilsonInterval(share, runs.length),
      intervalOver: 'runs',
      n: runs.length,
      printed: { value: 50, text: '50%', lowConfidence: false },
      jobs: runs.map(({ id }) => id),
    });
  },
};

const made = fixture({ tables: ['seeds'] });
const common = readRules(null);
const wide = { tolerance: { any: 60 }, widest: { any: 60 }, fixed: '2026-11-25', why: 'Made up for this test.' };
const { models } = tablesFrom(
  {
    ...made,
    paper: {
      ...made.paper,
      metrics: [success],
      arrangements: { seeds: byProtocol(['success', 'error']) },
      remarks: {},
    },
    measurements: measurementsOf(made.outcomes),
  },
  { rules: { ...common, metrics: { ...common.metrics, success: wide } }, hardwareModel: null },
);
const model = modelOf({ ...made, models }, 'seeds');

describe('a metric of a paper’s own', () => {
  it('has a column, digits and an interval like any other', () => {
    expect(model.columns[0]).toMatchObject({ group: 'Success (%)' });
    expect(renderMarkdown(model)).toMatch(/\| \d+ ± \d+% \|/u);
  });

  it('is in the CSV with its unit, what the interval is over, and its jobs', () => {
    const line = renderCsv(model)
      .split('\n')
      .find((text) => text.includes(',success,'));
    expect(line).toContain(',success,percent,measured,');
    expect(line).toContain(',runs,5,');
    const [job = ''] = made.plan.jobs.map(({ id }) => id);
    expect(line).toContain(job);
  });

  it('is judged by its own thresholds and counted in the summary', () => {
    const { metrics, sentences } = summarise(models, []);
    const summary = metrics.find(({ metric }) => metric.id === 'success');
    expect(summary?.counts.reproduced).toBe(summary?.printed);
    expect(sentences.join(' ')).toContain('Success rates: ');
  });
});
