/**
 * Two tables with every kind of cell, compared with stored ones; their numbers are FIXTURES (see `fixtures.ts`).
 * `npx vitest run -u` rewrites them after a change that is meant.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../../../harness/core/project.js';
import { tableText } from '../../../../harness/report/index.js';
import { tableFiles } from '../../../../harness/report/render-report.js';
import { fixture, modelOf } from '../fixtures.js';

const folder = inProject('test', 'harness', 'report', 'render', 'golden');

describe('tables as they were', () => {
  const made = fixture({ tables: ['table2', 'table5'] });
  const files = tableFiles(made.models, made.paper);

  for (const id of ['table2', 'table5'])
    it.each(['md', 'tex', 'csv'])(`${id}.%s`, async (format) => {
      await expect(files.get(`${id}.${format}`)).toMatchFileSnapshot(join(folder, `${id}.${format}`));
    });

  it('Table 2 in the terminal', async () => {
    await expect(tableText(modelOf(made, 'table2'), 80)).toMatchFileSnapshot(join(folder, 'table2.txt'));
  });
});
