/** From what was measured to the files of a report: a pure function, so that a bundle can be made again and compared. */
import type { ExperimentPlan } from '../plan/plan.js';
import type { ClaimRules } from './claims/claim-rules.js';
import { judgeClaims, type ClaimVerdict } from './claims/claims.js';
import type { Evidence } from './evaluate/entries.js';
import type { Projection } from './evaluate/projection.js';
import type { Fit, Validation } from './explanations.js';
import { errorAgainstCost } from './figures/cost.js';
import { curvesCsv, errorCurves, figure2 } from './figures/error-curves.js';
import { speedUps } from './figures/speed-ups.js';
import type { Figure } from '../core/drawing/svg.js';
import { deviceTimelines, type Timeline } from '../core/drawing/timeline.js';
import type { Measurements } from './measured/measurements.js';
import type { TableModel } from './model.js';
import type { Provenance } from './provenance/provenance.js';
import { readPublished } from './evaluate/published.js';
import { renderCsv } from './render/csv.js';
import { renderSection } from './render/html.js';
import { switchedProtocols } from './render/html-table.js';
import { renderLatex, renderLatexDocument } from './render/latex.js';
import { renderMarkdown } from './render/markdown.js';
import { renderSummary } from './render/summary.js';
import { readRules, type VerdictRules } from './evaluate/rules.js';
import { summarise } from './summary.js';
import { buildTables } from './tables.js';

export interface TableInputs {
  readonly plan: ExperimentPlan;
  readonly measurements: Measurements;
  readonly projections: ReadonlyMap<string, Projection>;
}

export interface ReportInputs extends TableInputs {
  readonly provenance: Provenance;
  readonly timelines: readonly Timeline[];
  readonly claimRules: ClaimRules;
  readonly fit: Fit | null;
  readonly validation: Validation | null;
}

export interface Report {
  readonly title: string;
  readonly models: readonly TableModel[];
  readonly claims: readonly ClaimVerdict[];
  /** What the page's switch offers. */
  readonly protocols: readonly string[];
  /** Tables, figures, summary and provenance, by file name. */
  readonly files: ReadonlyMap<string, string>;
  /** The profile's part of the HTML report. */
  readonly section: string;
}

/** @param rules those of the project unless a bundle brings its own */
export function tablesFrom(
  { plan, measurements, projections }: TableInputs,
  rules: VerdictRules = readRules(),
): {
  models: TableModel[];
  evidence: Evidence;
} {
  const evidence: Evidence = {
    cells: new Map(plan.cells.map((cell) => [cell.id, cell])),
    measurements,
    projections,
    published: readPublished(),
    rules,
  };
  return { models: buildTables(plan, evidence), evidence };
}

/** Files that depend on plan, CSVs and projections alone: what `report --verify` makes again. */
export function tableFiles(models: readonly TableModel[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const model of models) {
    const name = fileName(model.id);
    files.set(`${name}.md`, renderMarkdown(model));
    files.set(`${name}.tex`, renderLatex(model));
    // Figure 2's CSV holds its curves; its end points are in the Markdown and LaTeX.
    files.set(`${name}.csv`, model.id === 'figure2' ? curvesCsv(model) : renderCsv(model));
  }
  files.set('tables.tex', renderLatexDocument(models, 'Tables'));
  const figure = figure2(models.find(({ id }) => id === 'figure2'));
  if (figure?.svg) files.set('figure2.svg', figure.svg);
  return files;
}

/** A matrix of a user's own may be called anything. */
const fileName = (id: string): string => id.replace(/[^\w-]+/gu, '-') || 'table';

function figuresOf(models: readonly TableModel[], timelines: readonly Timeline[]): Figure[] {
  const figures = [
    figure2(models.find(({ id }) => id === 'figure2')),
    ...speedUps(models),
    timelines.length === 0 ? null : deviceTimelines(timelines),
    errorCurves(models),
    errorAgainstCost(models),
  ];
  return figures.flatMap((figure) => figure ?? []);
}

export function renderReport(inputs: ReportInputs): Report {
  const { provenance, timelines, claimRules, fit, validation } = inputs;
  const { models, evidence } = tablesFrom(inputs);
  const claims = judgeClaims(models, evidence, claimRules);
  const onCores = provenance.environments.every(({ environment: { gpus } }) => gpus.length === 0);
  const summary = summarise(models, claims, onCores);
  const figures = figuresOf(models, timelines);
  const title = `Reproduction of “${evidence.published.title}”`;
  const files = tableFiles(models);
  files.set('summary.md', renderSummary(title, summary, claims, provenance));
  files.set('provenance.json', `${JSON.stringify(provenance, null, 2)}\n`);
  return {
    title,
    models,
    claims,
    protocols: switchedProtocols(models),
    files,
    section: renderSection({ models, figures, claims, summary, provenance, rules: evidence.rules, fit, validation }),
  };
}
