import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fitSection } from '../../../experiments/warpnet/arrange/fit-section.js';
import { readValidation } from '../../../harness/project/validation/validation-file.js';
import { shownValidation } from '../../../harness/report/explanations.js';
import { writeReports } from '../../../harness/report/index.js';
import { readFileSync } from 'node:fs';
import { fixture, occasion } from './fixtures.js';

const reports = mkdtempSync(join(tmpdir(), 'explanations-'));
const quick = join(reports, 'quick');
mkdirSync(quick);
afterAll(() => rmSync(reports, { recursive: true }));

writeFileSync(
  join(quick, 'projection-validation.csv'),
  [
    'layout,protocol,batchNorm,kw,measuredRs,projectedRs,measuredLow,measuredHigh,network',
    `"[F1] [F2, F2'x1]",paper,fused,1,2.00,5.00,1.00,3.00,WarpNet1-13-1`,
    `"[F1] [F2, F2'x1]",released-code,fused,1,24.00,17.00,23.00,25.00,WarpNet1-13-1`,
  ].join('\n'),
);
describe('what other commands left', () => {
  it('the validation is summed up from its CSV', () => {
    const found = shownValidation(readValidation(reports, 'quick'));
    expect(found).toMatchObject({ count: 2, meanDifference: 5, withinFive: 1 });
    expect(found?.rows[1]).toMatchObject({
      measured: '24.0',
      projected: '17.0',
      difference: '−7.0',
    });
  });

  it('the stored fit is an account and a picture whose styles stay inside', () => {
    const found = fitSection();
    expect(found.lead).toMatch(/released-code, moments explains them best: \d\.\d points off/u);
    expect(found.lead).toContain('fit --store makes it again');
    expect(found.sections.map(({ title }) => title)).toContain('Which reading explains them');
    expect(found.picture?.source).toMatch(/^data:image\/svg\+xml;base64,/u);
  });

  it('is of another profile where this one has none', () => {
    expect(shownValidation(readValidation(reports, 'paper'))).toMatchObject({ count: 2 });
  });

  it('is part of the HTML report', () => {
    const folder = join(quick, 'warpnet');
    const validation = readValidation(reports, 'quick');
    writeReports({ ...fixture({ tables: ['table5'] }), validation, occasion, reports, folder });
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('Why the printed speed-ups are what they are');
    expect(page).toContain(
      '2 layouts were measured and projected on this machine: 5.0 points apart on average, 1 of them',
    );
    expect(page).toContain('<details open><summary>Which reading explains them</summary>');
    expect(page).toMatch(/<th scope="row">released-code, moments<\/th><td class="number">\d\.\d/u);
  });

  it('escapes what a section says', () => {
    const sections = [
      { title: 'Which', essential: true, blocks: [{ text: 'Hostile <script>.' }, { list: ['cards'] }] },
    ];
    const explanation = () => ({ title: 'Why', lead: 'So.', picture: null, sections });
    const made = fixture({ tables: ['table5'] });
    const folder = join(quick, 'hostile');
    writeReports({ ...made, paper: { ...made.paper, explanation }, occasion, reports, folder });
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('<p>Hostile &lt;script&gt;.</p>');
    expect(page).toContain('<ul class="plain"><li>cards</li></ul>');
  });

  it('a torn file leaves it out', () => {
    writeFileSync(join(quick, 'projection-validation.csv'), 'a,b\n1');
    expect(shownValidation(readValidation(reports, 'quick'))).toBeNull();
  });
});
