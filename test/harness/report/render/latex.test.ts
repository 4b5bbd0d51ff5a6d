import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measurementsOf } from '../../../../harness/report/measured/measurements.js';
import { provenanceOf } from '../../../../harness/report/provenance/provenance.js';
import { renderReport } from '../../../../harness/report/render-report.js';
import { figurePdf } from '../../../../harness/report/render/figure-pdf.js';
import { renderLatex, renderLatexDocument, type LatexOptions } from '../../../../harness/report/render/latex.js';
import { longTier } from '../../../tier.js';
import { latexEnvironment, missingTool } from '../../../tools.js';
import { fixture, modelOf, occasion } from '../fixtures.js';
import { hostileModels } from './hostile-report.js';

const environment = latexEnvironment();

/** `PICTURES=folder npx vitest run test/harness/report/render/latex.test.ts` keeps the pages to look at. */
const pictures = process.env['PICTURES'];

const folder = mkdtempSync(join(tmpdir(), 'latex-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles once and gives what TeX complained of. */
function complaints(name: string, files: Record<string, string | Uint8Array>): string[] {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(own, file), text);
  const options = ['-interaction=nonstopmode', '-halt-on-error', '-file-line-error', '-no-shell-escape', `${name}.tex`];
  try {
    execFileSync('pdflatex', options, { cwd: own, env: environment, timeout: 60_000, stdio: 'pipe' });
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer };
    return [`failed: ${stdout?.toString().slice(-1500) ?? String(error)}`];
  }
  const log = readFileSync(join(own, `${name}.log`), 'latin1');
  return log.split('\n').filter((line) => /warning|overfull|underfull|^! /iu.test(line));
}

function keepPicture(name: string): void {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  spawnSync('pdftoppm', ['-r', '100', '-png', join(folder, name, `${name}.pdf`), join(pictures, name)]);
}

const citation = 'Fok et al. (2018)';
const quick = fixture();
const fragment = (id: string, options: LatexOptions = {}): string => renderLatex(modelOf(quick, id), citation, options);

describe('a LaTeX fragment', () => {
  const table2 = fragment('table2');
  const lines = table2.split('\n');
  const bodyLines = lines.filter(
    (text) => text.endsWith('\\\\') && text.includes(' & ') && !text.includes('multicolumn'),
  );

  it('has at most four numbers a row, and a legend of at most five lines', () => {
    expect(bodyLines).toHaveLength(24);
    // A number takes two of LaTeX's columns.
    for (const text of bodyLines) expect(text.split(' & ')).toHaveLength(1 + 2 * 4);
    expect(lines.filter((text) => text.endsWith('\\par')).length).toBeLessThanOrEqual(5);
  });

  it('leaves the number of the table to the document: caption and label are options', () => {
    expect(table2).toContain('\\caption{Table 2 of Fok et al. (2018), reproduced. K = 2 on CIFAR-10');
    expect(table2).toContain('\\label{tab:table2}');
    const own = fragment('table2', { caption: 'Ours & theirs', label: 'tab:x y' });
    expect(own).toContain('\\caption{Ours \\& theirs}\\label{tab:x-y}');
  });

  it('shows the columns asked for', () => {
    const printed = fragment('table2', { columns: ['printed', 'ours', 'modelled'] });
    expect(printed).toContain('\\multicolumn{2}{c}{ours} & \\multicolumn{2}{c}{modelled}');
    expect(fragment('table2', { columns: ['printed'] })).not.toContain('{ours}');
  });

  it('aligns at the decimal point with siunitx, or without a package', () => {
    expect(table2).toContain('S[table-format=2.2]@{}l');
    expect(table2).toContain('WarpNet1-37-4 & 5.18 & ');
    const plain = fragment('table2', { decimals: 'plain' });
    expect(plain).toContain('% Needs \\usepackage{booktabs}.');
    expect(plain).toContain('WarpNet1-37-4 & 5 & .18');
    expect(plain).not.toContain('S[');
  });

  it('takes both columns of a page where it is asked to', () => {
    expect(fragment('table2', { wide: true })).toMatch(/\\begin\{table\*\}[^]*\\end\{table\*\}/u);
  });
});

describe.skipIf(!longTier || missingTool('pdflatex', 'siunitx', 'ieeetran', 'llncs', 'times'))('LaTeX', () => {
  it('all tables of a quick run compile without a warning', () => {
    expect(complaints('tables', { 'tables.tex': renderLatexDocument(quick.models, 'Tables', citation) })).toEqual([]);
    keepPicture('tables');
  });

  it('all tables of full trainings compile without a warning', () => {
    const paper = fixture({ profile: 'paper', seeds: [0, 1] });
    expect(complaints('paper', { 'paper.tex': renderLatexDocument(paper.models, 'Tables', citation) })).toEqual([]);
  });

  it('hostile names and logs compile without a warning', () => {
    const text = renderLatexDocument(hostileModels(), 'Tables', citation);
    expect(complaints('hostile', { 'hostile.tex': text })).toEqual([]);
  });

  it.each([
    ['article', 'siunitx'],
    ['IEEEtran', 'siunitx'],
    ['llncs', 'siunitx'],
    ['article', 'plain'],
    ['IEEEtran', 'plain'],
    ['llncs', 'plain'],
  ] as const)('fragments go into %s with %s columns, and fit its columns', (documentClass, decimals) => {
    const ids = ['table2', 'table3', 'table4', 'table5', 'width', 'seeds'];
    const name = `${documentClass}-${decimals}`;
    const document = [
      `\\documentclass{${documentClass}}\\usepackage{booktabs${decimals === 'siunitx' ? ',siunitx' : ''}}`,
      '\\begin{document}\\title{A paper}\\author{Nobody}\\maketitle Table~\\ref{tab:table2}.',
      ...ids.map((id) => `\\input{${id}}`),
      '\\clearpage\\input{wide}\\end{document}',
    ].join('\n');
    const files = {
      [`${name}.tex`]: document,
      'wide.tex': fragment('readings', { decimals, wide: true, label: 'tab:wide' }),
      ...Object.fromEntries(ids.map((id) => [`${id}.tex`, fragment(id, { decimals })])),
    };
    // The label is known only to a second run.
    complaints(name, files);
    expect(complaints(name, files)).toEqual([]);
    keepPicture(name);
  });

  it('figures as PDF and the references go into a document', () => {
    const report = renderReport({
      ...quick,
      measurements: measurementsOf(quick.outcomes),
      provenance: provenanceOf(quick.plan, quick.outcomes, occasion),
      timelines: [],
      explanation: null,
      validation: null,
    });
    const drawn = report.figures.flatMap(({ id, title, svg }) => (svg === null ? [] : [{ id, title, svg }]));
    expect(drawn.map(({ id }) => id)).toContain('answer');
    const files = Object.fromEntries(drawn.map(({ id, title, svg }) => [`${id}.pdf`, figurePdf(svg, title)]));
    const [again] = drawn;
    expect(again && figurePdf(again.svg, again.title)).toEqual(files[`${again?.id ?? ''}.pdf`]);
    const document = [
      '\\documentclass{article}\\usepackage{graphicx}\\begin{document}',
      '\\cite{fok2018decoupling}\\cite{warpnet-tables}',
      ...drawn.map(
        ({ id }) => `\\clearpage\\noindent\\includegraphics[width=\\linewidth,height=20cm,keepaspectratio]{${id}}`,
      ),
      '\\bibliographystyle{plain}\\bibliography{references}\\end{document}',
    ].join('\n');
    const all = { 'figures.tex': document, 'references.bib': report.files.get('references.bib') ?? '', ...files };
    complaints('figures', all);
    const bibtex = spawnSync('bibtex', ['figures'], { cwd: join(folder, 'figures'), encoding: 'utf8' });
    expect(bibtex.stdout).not.toMatch(/warning|error/iu);
    complaints('figures', all);
    expect(complaints('figures', all)).toEqual([]);
    const fonts = spawnSync('pdffonts', ['figures.pdf'], { cwd: join(folder, 'figures'), encoding: 'utf8' }).stdout;
    expect(fonts).toContain('LMRoman10-Regular');
    keepPicture('figures');
  });
});
