/** A user's own matrix whose every name is hostile, and failures whose log is. */
import { training, type Job } from '../../../../harness/kinds/index.js';
import { measurementsOf } from '../../../../harness/report/measured/measurements.js';
import type { TableModel } from '../../../../harness/report/model.js';
import { tablesFrom } from '../../../../harness/report/render-report.js';
import { warpnet } from '../../../support/papers.js';
import { sizeOf } from '../../../support/step-sizes.js';
import { failure, fixtureOutcomes, fixturePlan } from '../fixtures.js';

export const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '\\input{/etc/passwd}',
  '\\end{tabular}',
  '| a | b |',
  '_x_ *y* `z` [l](javascript:alert(1)) ![i](x)',
  '$\\alpha$ & # ~ ^ { } %',
  '=cmd()',
  'snow ☃ 漢字 ünï \u202eevil\u0007 😀',
  '{{constructor}} ${x}',
  'line\nbreak\r\n\\\\ \\hline',
];

/** With what would move the cursor of whoever reads the test's name. */
export const all = [...hostile, '\u001b[2J\u0000\u009b31m red \u2066x'].join(' ');

export function hostileReport() {
  const plan = fixturePlan({ tables: ['table2'] });
  const own = plan.tables.map((table) => ({
    ...table,
    id: all,
    title: all,
    notes: hostile,
    entries: table.entries.slice(0, 18).map((entry, index) => ({
      ...entry,
      published: null,
      label: `${hostile[index % hostile.length] ?? ''} ${index}`,
      layout: entry.layout && { ...entry.layout, text: hostile[(index + 3) % hostile.length] ?? '' },
      protocol: hostile[(index + 5) % hostile.length] ?? '',
    })),
    alsoShown: [],
  }));
  const hostilePlan = { ...plan, tables: own };
  const outcomes = fixtureOutcomes(hostilePlan, (job: Job) => training.is(job));
  let index = 0;
  for (const [id, outcome] of outcomes)
    if (outcome.failure)
      outcomes.set(id, { failure: { ...failure, message: all, logTail: [hostile[index++ % hostile.length] ?? ''] } });
  const measurements = measurementsOf(outcomes);
  return { paper: warpnet, plan: hostilePlan, outcomes, measurements, projections: new Map(), sizeOf };
}

export const hostileModels = (): readonly TableModel[] => tablesFrom(hostileReport()).models;
