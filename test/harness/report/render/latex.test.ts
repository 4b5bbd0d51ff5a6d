import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inProject } from '../../../../harness/core/project.js';
import { renderLatex, renderLatexDocument } from '../../../../harness/report/render/latex.js';
import { longTier } from '../../../tier.js';
import { missingTool } from '../../../tools.js';
import { fixture, modelOf } from '../fixtures.js';
import { hostileModels } from './hostile-report.js';

const environment = { ...process.env, TEXMFHOME: process.env['TEXMFHOME'] ?? inProject('.venv', 'texmf') };

/** multirow is in texlive-latex-extra, of which CI takes this one package. */
function missingPackage(): boolean {
  if (missingTool('pdflatex')) return true;
  if (spawnSync('kpsewhich', ['multirow.sty'], { env: environment }).status === 0) return false;
  if (longTier) throw new Error('CI needs multirow.sty (texlive-latex-extra)');
  console.warn('skipped: multirow.sty is missing (apt-get install texlive-latex-extra)');
  return true;
}

const folder = mkdtempSync(join(tmpdir(), 'latex-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles once and gives what TeX complained of. */
function complaints(name: string, files: Record<string, string>): string[] {
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

describe.skipIf(!longTier || missingPackage())('LaTeX', () => {
  const quick = fixture();

  it('all tables of a quick run compile without a warning', () => {
    expect(complaints('tables', { 'tables.tex': renderLatexDocument(quick.models, 'Tables') })).toEqual([]);
  });

  it('all tables of full trainings compile without a warning', () => {
    const paper = fixture({ profile: 'paper', seeds: [0, 1] });
    expect(complaints('paper', { 'paper.tex': renderLatexDocument(paper.models, 'Tables') })).toEqual([]);
  });

  it('hostile names and logs compile without a warning', () => {
    expect(complaints('hostile', { 'hostile.tex': renderLatexDocument(hostileModels(), 'Tables') })).toEqual([]);
  });

  it('a fragment goes into a paper with booktabs and multirow and nothing else', () => {
    const document = [
      '\\documentclass{article}\\usepackage[landscape,margin=12mm]{geometry}\\usepackage{booktabs,multirow}',
      '\\begin{document}\\input{table2}Table~\\ref{tab:table2}.\\input{width}\\end{document}',
    ].join('\n');
    const files = {
      'article.tex': document,
      'table2.tex': renderLatex(modelOf(quick, 'table2')),
      'width.tex': renderLatex(modelOf(quick, 'width')),
    };
    // The label is known only to a second run.
    complaints('article', files);
    expect(complaints('article', files)).toEqual([]);
  });
});
