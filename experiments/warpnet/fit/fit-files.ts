/** Writes what a fit found: JSON and CSV for other programs, a figure and a page for people. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../harness/core/files/make-folder.js';
import { cellsCsv, hypothesesCsv } from './fit-csv.js';
import { fitFigure } from './fit-figure.js';
import { combinationName, type FitReport, type HypothesisResult } from './fit-report.js';
import { fitAccount } from './fit-account.js';
import { fitMarkdown } from './fit-markdown.js';

/** Names in the folder of a fit (`reports/fit/`). */
export const fitFiles = {
  data: 'fit.json',
  cells: 'fit.csv',
  hypotheses: 'fit-hypotheses.csv',
  figure: 'fit.svg',
  page: 'fit.md',
} as const;

/** What a page or another program needs of a report: variations without their cells, cells without their layouts. */
export function fitData(report: FitReport) {
  const slim = (result: HypothesisResult) => {
    const { hypothesis, fit, rmsPct, predictedRmsPct } = result;
    return { name: combinationName(result), hypothesis, fit, rmsPct, predictedRmsPct };
  };
  const full = (result: HypothesisResult) => ({
    ...slim(result),
    cells: result.cells.map(({ cell: { id, group, label, printed }, projectedPct, residualPct }) => ({
      id,
      group,
      label,
      printed,
      projectedPct,
      residualPct,
    })),
  });
  return {
    ...report,
    account: fitAccount(report),
    combinations: report.combinations.map(full),
    best: full(report.best),
    variations: report.variations.map(({ changed, results }) => ({ changed, results: results.map(slim) })),
    predictions: report.predictions.map(({ result, ranges }) => ({ name: combinationName(result), ranges })),
  };
}

/** Returns the paths written. */
export function writeFit(folder: string, report: FitReport): string[] {
  makeFolder(folder);
  const data = fitData(report);
  const contents: Record<keyof typeof fitFiles, string> = {
    data: `${JSON.stringify(data, null, 1)}\n`,
    cells: cellsCsv(report),
    hypotheses: hypothesesCsv(report),
    figure: fitFigure(report),
    page: fitMarkdown('Why the printed speed-ups are what they are', data.account, fitFiles.figure),
  };
  return (Object.keys(fitFiles) as (keyof typeof fitFiles)[]).map((name) => {
    const path = join(folder, fitFiles[name]);
    writeFileSync(path, contents[name]);
    return path;
  });
}
