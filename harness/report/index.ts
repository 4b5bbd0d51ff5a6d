/** Writes the reports of a plan: every table in four formats, the HTML report, figures and where the numbers come from. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExperimentPlan } from '../experiment/plan.js';
import type { Evidence, Projection } from './entries.js';
import { measurementsOf, type Measurements, type Outcome } from './measurements.js';
import type { TableModel } from './model.js';
import { readPublished } from './published.js';
import { renderCsv } from './render/csv.js';
import { renderLatex, renderLatexDocument } from './render/latex.js';
import { renderMarkdown } from './render/markdown.js';
import { readRules } from './rules.js';
import { buildTables } from './tables.js';

export { tableText } from './render/terminal.js';
export { entryKey, type Projection } from './entries.js';
export type { Outcome } from './measurements.js';

export interface ReportContext {
  readonly plan: ExperimentPlan;
  /** By cell id; a cell that has not run may be absent. */
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** `reports/<profile>`. */
  readonly folder: string;
  /** By `entryKey`. */
  readonly projections?: ReadonlyMap<string, Projection>;
}

/** The table models of a plan. */
export function tablesOf(
  plan: ExperimentPlan,
  measurements: Measurements,
  projections: ReadonlyMap<string, Projection> = new Map(),
): TableModel[] {
  const evidence: Evidence = {
    cells: new Map(plan.cells.map((cell) => [cell.id, cell])),
    measurements,
    projections,
    published: readPublished(),
    rules: readRules(),
  };
  return buildTables(plan, evidence);
}

/** Files of the tables by name. */
function tableFiles(models: readonly TableModel[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const model of models) {
    files.set(`${model.id}.md`, renderMarkdown(model));
    files.set(`${model.id}.tex`, renderLatex(model));
    files.set(`${model.id}.csv`, renderCsv(model));
  }
  files.set('tables.tex', renderLatexDocument(models, 'Tables'));
  return files;
}

/** By way of a temporary file, so that nobody reads half a report. */
function writeWhole(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** Writes everything and resolves to the paths, tables first. */
export async function writeReports(context: ReportContext): Promise<string[]> {
  const { plan, outcomes, folder, projections } = context;
  const models = tablesOf(plan, measurementsOf(outcomes), projections);
  return [...tableFiles(models)].map(([name, content]) => {
    const path = join(folder, name);
    writeWhole(path, content);
    return path;
  });
}
