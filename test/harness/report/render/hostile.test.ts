import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { measuredCsvs } from '../../../../harness/report/measured/csv-files.js';
import { timingJob } from '../../../support/jobs.js';
import { timingResult } from '../../../support/results.js';
import { escapeHtml } from '../../../../harness/core/safe-text.js';
import { escapeLatex } from '../../../../harness/report/markup/latex.js';
import { escapeMarkdown } from '../../../../harness/report/markup/markdown.js';
import { renderCsv } from '../../../../harness/report/render/csv.js';
import { renderMarkdown } from '../../../../harness/report/render/markdown.js';
import { renderLatex } from '../../../../harness/report/render/latex.js';
import { renderReport, tablesFrom } from '../../../../harness/report/render-report.js';
import { provenanceOf } from '../../../../harness/report/provenance/provenance.js';
import { occasion } from '../fixtures.js';
import { all, hostile, hostileReport } from './hostile-report.js';

describe('hostile strings', () => {
  const report = hostileReport();
  const { models } = tablesFrom(report);
  const [model] = models;
  if (!model) throw new Error('no model');

  it.each(hostile)('%s reads as itself in rendered Markdown, in a table cell', (text) => {
    const row = `| a |\n| - |\n| ${escapeMarkdown(text)} |`;
    const tokens = new MarkdownIt({ html: true, linkify: false }).parse(row, {});
    const jobs = tokens.filter(({ type }) => type === 'inline');
    expect(jobs).toHaveLength(2);
    const children = jobs[1]?.children ?? [];
    // markdown-it may split text at entities; nothing but text may come out.
    expect(
      [...new Set(children.map(({ type }) => type))].filter((type) => !['text', 'text_special'].includes(type)),
    ).toEqual([]);
    const shown = children.map(({ content }) => content).join('');
    const expected = text
      .replace(/\s+/gu, ' ')
      .replace(/[\p{Cc}\u202e\u2066]/gu, '')
      .trim();
    expect(shown).toBe(expected);
  });

  it.each(hostile)('%s has no markup left in HTML', (text) => {
    expect(escapeHtml(text)).not.toMatch(/[<>"'`]/u);
  });

  it.each(hostile)('%s has no command left in LaTeX', (text) => {
    const allowed =
      /\\(?:textbackslash|textasciitilde|textasciicircum|textquoteleft|textquotedblleft|ensuremath|ldots|allowbreak|rightarrow|times|pm|d?dagger|leq|geq|cdot|mu)(?![a-zA-Z])|\\[{}$&#_%]|\\["'`^~]\{[A-Za-z]\}|\\c \{[A-Za-z]\}/gu;
    const left = escapeLatex(text)
      .replace(/\\ensuremath\{(?:[<>|-]|\\[a-z]+)\}/gu, '')
      .replace(allowed, '');
    expect(left).not.toMatch(/[\\$&#_^~%|"]/u);
    expect(left).toMatch(/^[\x20-\x7e]*$/u);
  });

  it('give a Markdown file without HTML but our own', () => {
    const tags = [...renderMarkdown(model).matchAll(/<[^>]*>/gu)].map(([tag]) => tag);
    expect([...new Set(tags)].sort()).toEqual(['</sup>', '<br>', '<sup>']);
  });

  it('cannot end a LaTeX environment or add a cell', () => {
    const text = renderLatex(model, 'Nobody (2018)');
    expect(text.match(/\\end\{tabular\}/gu)?.length).toBe(text.match(/\\begin\{tabular\}/gu)?.length);
    expect(text).not.toMatch(/\\input|\\hline/u);
  });

  it('are inert in the CSVs of what was measured, whoever named the machine', () => {
    const job = timingJob();
    const evil = '=cmd()\u001b[2J\u202e';
    const measured = { ...timingResult(), hardware: evil };
    const text = [...measuredCsvs([job], () => ({ ...measured, id: job.id })).values()].join('\n');
    expect(text).toContain("'=cmd()[2J");
    expect(text).not.toMatch(/(?![\n\r])\p{Cc}|\u202e/u);
  });

  it('are no formulas in CSV', () => {
    expect(renderCsv(model)).not.toMatch(/(^|,)"?=cmd/mu);
  });

  it('leave no element or handler in the HTML report', () => {
    const provenance = provenanceOf(report.plan, report.outcomes, {
      ...occasion,
      command: hostile,
      machine: { [all]: all },
    });
    const { section } = renderReport({
      ...report,
      provenance,
      timelines: [{ title: all, operations: [{ device: 0, start: 0, duration: 1, pass: all, kind: all }] }],
      explanation: null,
      validation: null,
    });
    expect(section).not.toMatch(/(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
    expect(section).toContain('&lt;script&gt;');
    expect(section).not.toMatch(/<script|<img|onload=alert[^&]*>|<svg onload/u);
    // Attribute values are quoted and hold no quote: no tag has an event handler.
    expect(section.match(/<[^>]*\son\w+=/gu)).toBeNull();
  });
});
