import { studentQuantile } from '../../../harness/core/statistics.js';
import { describe, expect, it } from 'vitest';
import { clearlyLowest } from '../../../harness/report/arrange/best.js';
import { valueWithArm } from '../../../harness/report/evaluate/digits.js';
import { measurementsOf } from '../../../harness/report/measured/measurements.js';
import { footnotesOf, publishedIdsOf } from '../../../harness/report/model.js';
import { quantity } from '../../../harness/report/evaluate/quantity.js';
import { tablesFrom } from '../../../harness/report/render-report.js';
import { inlineCell } from '../../../harness/report/render/cell-text.js';
import { terminal } from '../../../harness/report/markup/terminal.js';
import { tableText } from '../../../harness/report/index.js';
import { timing, training } from '../../../harness/kinds/index.js';
import { error as errorMetric } from '../../../harness/report/metrics/errors.js';
import { warpnet } from '../../support/papers.js';
import { everyTable, failure, fixture, modelOf } from './fixtures.js';

const quick = fixture();

describe('the tables', () => {
  it('show each printed row of Tables 2 to 5 and of the width series in exactly one place', () => {
    const tables = ['table2', 'table3', 'table4', 'table5', 'width'];
    const printed = [...warpnet.printed().rows.values()].filter(({ table }) => tables.includes(table));
    expect(printed.length).toBeGreaterThan(60);
    const shown = quick.models.flatMap(publishedIdsOf);
    for (const { id } of printed)
      expect(
        shown.filter((own) => own === id),
        id,
      ).toHaveLength(1);
  });

  it('arrange Table 2 as the paper does: a block a data set and depth, its three networks, error (RS) by width', () => {
    const model = modelOf(quick, 'table2');
    expect(model.blocks.map(({ title }) => title)).toEqual([
      'CIFAR-10 (errors on Fashion-MNIST instead), n = 37, K = 2, Nwarp = 3',
      'CIFAR-10, n = 73, K = 2, Nwarp = 6',
      'CIFAR-100, n = 37, K = 2, Nwarp = 3',
      'CIFAR-100, n = 73, K = 2, Nwarp = 6',
    ]);
    const heads = model.blocks[0]?.rows.map((row) => row.heads.map(({ text }) => text));
    expect(heads).toEqual([
      ['WarpNet1-37-kw', "[F1] [F2] [F2'x1]"],
      ['WarpNet2-37-kw', "[F1] [F2] [F2'F1]"],
      ['WRN-37-kw', '[F1, F2]'],
    ]);
    const footnotes = footnotesOf(model);
    const printed = model.blocks[0]?.rows.map((row) =>
      row.cells
        .filter((_, index) => model.columns[index]?.label === 'printed')
        .map((job) => inlineCell(job, footnotes, terminal)),
    );
    expect(printed).toEqual([
      ['5.18 (33%)', '4.79 (36%)'],
      ['5.15 (23%)', '4.92 (26%)'],
      ['4.97 (0%)', '5.01 (0%)'],
    ]);
  });

  it('name both the printed network and the one really trained, and the stand-in, in the table itself', () => {
    const model = modelOf(quick, 'table2');
    expect(model.blocks[0]?.rows[0]?.heads[0]).toMatchObject({
      text: 'WarpNet1-37-kw',
      detail: 'errors: WarpNet1-13-1 (kw 4), WarpNet1-13-2 (kw 6)',
    });
    expect(model.banner.join(' ')).toContain('Fashion-MNIST, which stands in');
  });

  it('explain every empty cell of ours in a footnote', () => {
    for (const model of quick.models.flatMap((own) => (own.also ? [own, own.also] : [own]))) {
      model.blocks.forEach(({ rows }) => {
        rows.forEach(({ cells }) => {
          cells.forEach(({ quantities }, column) => {
            if (model.columns[column]?.label === 'printed') return;
            for (const own of quantities) {
              const excused = own.value !== null || own.notes.length > 0 || own.metric.id === 'loss';
              expect(excused, `${model.id} ${own.metric.id}`).toBe(true);
            }
          });
        });
      });
    }
  });

  it('show RS of a baseline as 0 and never judge it', () => {
    const wrn = modelOf(quick, 'table2').places.find(({ entry }) => entry.label === 'WRN-37-4');
    expect(wrn?.quantity('rs')).toMatchObject({ value: 0, byDefinition: true, verdict: { code: 'by-definition' } });
  });

  it('keep what could only be projected apart from what was measured', () => {
    const places = modelOf(quick, 'table3').places;
    const warp = places.find(({ entry }) => entry.label === 'WarpNet1-37-4');
    expect(warp?.quantity('rs').provenance).toBe('projected');
    expect(warp?.quantity('rs').notes.join(' ')).toContain('mean error 2.4 points over 12 layouts');
    const [also] = modelOf(quick, 'table2').also?.places ?? [];
    expect(also?.quantity('rs').provenance).toBe('measured');
  });

  it('give a projection the interval that its validation leaves it, and none where nobody has checked', () => {
    const rsOf = (validationError: number | null) => {
      const projections = new Map(
        [...quick.projections].map(([key, projection]) => [key, { ...projection, percent: 30, validationError }]),
      );
      const { models } = tablesFrom({ ...quick, measurements: measurementsOf(quick.outcomes), projections });
      const places = modelOf({ ...quick, models }, 'table3').places;
      return places.find(({ entry }) => entry.label === 'WarpNet1-37-4')?.quantity('rs');
    };
    // Errors of a mean size of 4 points are normal with a deviation of 4 sqrt(pi/2); of 12 that is known as far as Student's t says.
    const arm = studentQuantile(12) * 4 * Math.sqrt(Math.PI / 2);
    const checked = rsOf(4);
    expect(checked?.interval?.low).toBeCloseTo(30 - arm, 6);
    expect(checked?.interval?.high).toBeCloseTo(30 + arm, 6);
    const unchecked = rsOf(null);
    expect(unchecked).toMatchObject({ value: 30, interval: null, intervalOver: null });
    expect(unchecked?.notes.join(' ')).toContain('measured and projected on this machine yet');
    expect(unchecked && valueWithArm(unchecked)).toBe('30%');
  });

  it('say where other processes disturbed what was timed', () => {
    const disturbed = fixture();
    for (const [id, { result }] of disturbed.outcomes)
      if (result?.kind === timing.kind) disturbed.outcomes.set(id, { result: { ...result, otherLoad: 0.31 } });
    for (const [key, projection] of disturbed.projections)
      disturbed.projections.set(key, { ...projection, otherLoad: 0.31 });
    const { models } = tablesFrom({ ...disturbed, measurements: measurementsOf(disturbed.outcomes) });
    const [measured] = modelOf({ ...disturbed, models }, 'table2').also?.places ?? [];
    const projected = modelOf({ ...disturbed, models }, 'table3').places.find(
      ({ quantity }) => quantity('rs').provenance === 'projected',
    );
    for (const place of [measured, projected])
      expect(place?.quantity('rs').notes.join(' ')).toContain('Other processes took about 30 % of the cores');
    const quiet = quick.models.flatMap(({ places }) => places.flatMap(({ quantity }) => quantity('rs').notes));
    expect(quiet.join(' ')).not.toContain('Other processes');
  });

  it('never judge quick errors or errors on a stand-in, and never Table 4’s damaged numbers', () => {
    for (const model of quick.models) {
      for (const place of model.places)
        expect(['reduced scale', 'not judged', undefined]).toContain(place.quantity('error').verdict?.outcome);
    }
    const paper = fixture({ profile: 'paper', tables: ['table4'] });
    const damaged = modelOf(paper, 'table4').places.filter(({ entry }) => entry.published === 't4.warpnet1-73-4.k2');
    const trained = damaged.filter((place) => place.quantity('top5').value !== null);
    expect(trained.length).toBeGreaterThan(0);
    for (const place of trained)
      for (const metric of ['top5', 'parameters'])
        expect(place.quantity(metric).verdict?.code).toBe('printed-digits-doubtful');
    // A count that is plain to read is judged.
    const plain = modelOf(paper, 'table4').places.find(({ entry }) => entry.published === 't4.warpnet1-73-2.k2');
    expect(plain?.quantity('parameters').verdict?.rule).toBe('agrees');
  });

  it('judge full trainings, and say how many seeds stand behind a number', () => {
    const paper = fixture({ profile: 'paper', tables: ['table2'], seeds: [0, 1, 2] });
    const judged = modelOf(paper, 'table2')
      .places.map(({ quantity }) => quantity('error'))
      .filter(({ verdict }) => verdict?.outcome === 'reproduced');
    expect(judged.length).toBeGreaterThan(10);
    expect(judged[0]).toMatchObject({ n: 3, intervalOver: 'seeds' });
    expect(judged[0]?.jobs).toHaveLength(3);
  });

  it('tell a failure with its code and the end of its log', () => {
    const failing = fixture({ tables: ['table2'] }, (job) => training.is(job) && job.network.system === 'WarpNet2');
    const notes = footnotesOf(modelOf(failing, 'table2')).notes.map(({ text }) => text);
    expect(notes).toContainEqual(expect.stringMatching(/after 2 attempts \(OUT_OF_MEMORY\).*OOM when allocating/u));
    expect(failure.logTail.at(-1)).toContain('OOM');
  });

  it('say which seeds are missing from a mean', () => {
    const partly = fixture({ tables: ['seeds'] }, (job) => training.is(job) && job.training.seed > 1);
    const [first] = modelOf(partly, 'seeds').places;
    expect(first?.quantity('error').n).toBe(2);
    expect(first?.quantity('error').notes.join(' ')).toMatch(/^2 of 5 seeds;/u);
  });

  it('say which readings behave like the printed two-device speed-up', () => {
    const remarks = modelOf(quick, 'readings').remarks.join(' ');
    expect(remarks).toMatch(/Within 3 points of it: released, fused BN \(2\d.*released, moments BN/u);
    expect(remarks).toMatch(/Not: R1, fused BN/u);
  });

  it('count parameters of networks that were not built here from their description, and say so', () => {
    const places = modelOf(quick, 'table4').places;
    const counts = new Map(places.map(({ entry, quantity }) => [entry.label, quantity('parameters').value]));
    expect(counts.get('WRN-73-2')).toBe(4_790_712);
    expect([...counts].find(([label]) => label.startsWith('WarpNet1-109-2'))?.[1]).toBe(7_121_208);
    expect([...counts].find(([label]) => label.startsWith('WarpNet1-73-4'))?.[1]).toBe(18_869_688);
  });
});

describe('bold type', () => {
  const error = (value: number, arm: number) =>
    quantity({ metric: errorMetric, provenance: 'measured', value, interval: { low: value - arm, high: value + arm } });

  it('marks the lowest error only where its interval meets no other', () => {
    expect(clearlyLowest([error(5, 0.1), error(6, 0.1), error(5.5, 0.1)])).toBe(0);
    expect(clearlyLowest([error(5, 0.3), error(6, 0.1), error(5.5, 0.3)])).toBeNull();
  });

  it('marks nothing that stands alone', () => {
    expect(clearlyLowest([error(5, 0.1), undefined])).toBeNull();
  });
});

describe('in the terminal', () => {
  const linesOf = (id: string, columns = 80): string[] =>
    tableText(modelOf(quick, id), columns, `reports/auto/warpnet/${id}.md`).trimEnd().split('\n');

  it.each(everyTable)('the first block of %s fits a screen of 24 lines and 80 columns, and the rest is named', (id) => {
    const lines = linesOf(id);
    // One line of the 24 is the prompt's.
    expect(lines.length).toBeLessThanOrEqual(23);
    for (const line of lines.slice(0, -1)) expect(Array.from(line).length, line).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toContain(`: reports/auto/warpnet/${id}.md`);
  });

  it('a line has a network’s printed numbers, those that they are judged by, and ours', () => {
    const lines = linesOf('table2');
    expect(lines.find((text) => text.includes('WarpNet1-37-4'))).toMatch(
      /WarpNet1-37-4 +5\.18 +14\.\d ± 0\.7ʳ +33 +3\d\.\d ± \d\.\dᶠ +3\d ± 7ᵖ·ʰ$/u,
    );
    expect(lines.at(-1)).toMatch(/^3 more blocks, every protocol and all footnotes/u);
  });

  it('the legend explains the marks that are there, and no others', () => {
    const text = linesOf('table2').join('\n');
    expect(text).toContain('r: reduced scale');
    expect(text).toContain('f: modelled, and the model was fitted to this number');
    expect(text).not.toContain('d: the printed digits are doubtful');
  });

  it('a narrow table is set as on paper', () => {
    expect(linesOf('seeds', 100).join('\n')).toMatch(/Network\s+Protocol\s+mean\s+sd\s+n/u);
  });

  it('where it is too wide, each number has a line', () => {
    expect(linesOf('readings').join('\n')).toMatch(/R1, fused BN\n {4}WRN-13-1, error %: \d/u);
  });
});
