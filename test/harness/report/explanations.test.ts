import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fitSection } from '../../../experiments/warpnet/arrange/fit-section.js';
import { readValidation } from '../../../harness/report/explanations.js';
import { writeReports } from '../../../harness/report/index.js';
import { readFileSync } from 'node:fs';
import { fixture, occasion } from './fixtures.js';

const reports = mkdtempSync(join(tmpdir(), 'explanations-'));
const quick = join(reports, 'quick');
const fit = join(reports, 'fit');
mkdirSync(quick);
mkdirSync(fit);
afterAll(() => rmSync(reports, { recursive: true }));

writeFileSync(
  join(quick, 'projection-validation.csv'),
  [
    'layout,protocol,batchNorm,kw,measuredRs,projectedRs,measuredLow,measuredHigh,network',
    `"[F1] [F2, F2'x1]",paper,fused,1,2.00,5.00,1.00,3.00,WarpNet1-13-1`,
    `"[F1] [F2, F2'x1]",released-code,fused,1,24.00,17.00,23.00,25.00,WarpNet1-13-1`,
  ].join('\n'),
);
const account = [
  {
    title: 'Which reading',
    essential: true,
    blocks: [{ text: 'Hostile <script>.' }, { header: ['reading', 'points'], rows: [['released-code', '3.5']] }],
  },
  { title: 'What cannot be told apart', essential: false, blocks: [{ list: ['cards'] }] },
];
const best = { name: 'released-code, moments', predictedRmsPct: 3.51 };
writeFileSync(join(fit, 'fit.json'), JSON.stringify({ best, account }));
writeFileSync(join(fit, 'fit.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><style>text{fill:red}</style></svg>');

describe('what other commands left', () => {
  it('the validation is summed up from its CSV', () => {
    expect(readValidation(reports, 'quick')).toMatchObject({ count: 2, meanDifference: 5, withinFive: 1 });
    expect(readValidation(reports, 'quick')?.rows[1]).toMatchObject({
      measured: '24.0',
      projected: '17.0',
      difference: '−7.0',
    });
  });

  it('the fit is an account and a picture whose styles stay inside', () => {
    const found = fitSection(reports);
    expect(found).toMatchObject({ sections: account });
    expect(found?.lead).toContain('released-code, moments explains them best: 3.5 points off');
    expect(found?.picture?.source).toMatch(/^data:image\/svg\+xml;base64,/u);
  });

  it('is of another profile where this one has none', () => {
    expect(readValidation(reports, 'paper')).toMatchObject({ count: 2 });
  });

  it('is part of the HTML report', () => {
    const folder = join(quick, 'warpnet');
    writeReports({ ...fixture({ tables: ['table5'] }), occasion, reports, folder });
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).toContain('Why the printed speed-ups are what they are');
    expect(page).toContain(
      '2 layouts were measured and projected on this machine: 5.0 points apart on average, 1 of them',
    );
    expect(page).not.toContain('text{fill:red}');
    expect(page).toContain('<details open><summary>Which reading</summary>');
    expect(page).toContain('<p>Hostile &lt;script&gt;.</p>');
    expect(page).toContain('<th scope="row">released-code</th><td class="number">3.5</td>');
    expect(page).toContain('<ul class="plain"><li>cards</li></ul>');
  });

  it('torn or missing files leave it out', () => {
    writeFileSync(join(fit, 'fit.json'), '{"best":');
    expect(fitSection(reports)).toBeNull();
    expect(fitSection(join(reports, 'nowhere'))).toBeNull();
    writeFileSync(join(quick, 'projection-validation.csv'), 'a,b\n1');
    expect(readValidation(reports, 'quick')).toBeNull();
  });
});
