/**
 * Tables made from stored CSVs, compared with stored tables. The inputs in `golden/` are FIXTURES, written once by the
 * generator in `fixtures.ts`: delete them to have them written anew. `npx vitest run -u` rewrites the tables after a
 * change that is meant.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableText } from '../../../harness/report/index.js';
import { inputFiles, inputTexts, readInputs } from '../../../harness/report/bundle/inputs.js';
import { tableFiles, tablesFrom } from '../../../harness/report/render-report.js';
import { inProject } from '../../../harness/core/project.js';
import { collect } from '../../../harness/report/measured/collect.js';
import { everyTable, fixture } from './fixtures.js';

const folder = inProject('test', 'harness', 'report', 'golden');

function writeInputs(): void {
  const { plan, outcomes, projections } = fixture();
  const { errors, timing } = collect(plan.cells, (id) => outcomes.get(id)?.result ?? null);
  const texts = inputTexts(plan, projections, new Map());
  for (const [name, text] of [...texts, [inputFiles.errors, errors] as const, [inputFiles.timing, timing] as const]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : text);
  }
}

describe('tables from stored CSVs', () => {
  if (!existsSync(join(folder, inputFiles.plan))) writeInputs();
  const { models } = tablesFrom(readInputs((name) => readFileSync(join(folder, name), 'utf8')));
  const files = tableFiles(models);

  for (const id of everyTable) {
    it.each(['md', 'tex', 'csv'])(`${id}.%s`, async (format) => {
      await expect(files.get(`${id}.${format}`)).toMatchFileSnapshot(join(folder, `${id}.${format}`));
    });
  }

  it('Table 2 in the terminal', async () => {
    const [model] = models.filter(({ id }) => id === 'table2');
    if (!model) throw new Error('no Table 2');
    await expect(tableText(model, 80)).toMatchFileSnapshot(join(folder, 'table2.txt'));
  });
});
