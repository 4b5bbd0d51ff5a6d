/** From what was measured to the files of a report: a pure function, so that a bundle can be made again and compared. */
import type { Figure } from '../core/drawing/svg.js';
import { deviceTimelines, type Timeline } from '../core/drawing/timeline.js';
import type { ExperimentPlan } from '../plan/plan.js';
import type { SizeOf } from '../plan/step-size.js';
import { judgeClaims, type ClaimVerdict } from './claims/claims.js';
import { jobsOf, protocolsOf, type Evidence } from './evaluate/evidence.js';
import type { Projection } from './evaluate/projection.js';
import type { Explanation, Validation } from './explanations.js';
import { errorAgainstCost } from './figures/cost.js';
import { errorCurves } from './figures/error-curves.js';
import { printedAgainstOurs } from './figures/printed-against-ours.js';
import { speedUps } from './figures/speed-ups.js';
import { modelAgreement } from './hardware-model/agreement.js';
import { readHardwareModel, type HardwareModel } from './hardware-model/hardware-model.js';
import type { Measurements } from './measured/measurements.js';
import type { TableModel } from './model.js';
import { metricsOf, reportingOf, type ReportedPaper, type Reporting } from './paper.js';
import type { Provenance } from './provenance/provenance.js';
import { renderCsv } from './render/csv.js';
import { renderSection } from './render/html.js';
import { switchedProtocols } from './render/html-table.js';
import { renderLatex, renderLatexDocument, type LatexOptions } from './render/latex.js';
import { bibtex, projectCitation, shortCitation } from './render/citation.js';
import { renderMarkdown } from './render/markdown.js';
import { renderQuestions } from './render/questions.js';
import { renderSummary } from './render/summary.js';
import { answered } from './review.js';
import { summarise } from './summary.js';
import { buildTables } from './tables.js';
import { readRules, type VerdictRules } from './verdict/thresholds.js';

export interface TableInputs {
  readonly paper: ReportedPaper;
  readonly plan: ExperimentPlan;
  readonly measurements: Measurements;
  /** By `projectionKey`. */
  readonly projections: ReadonlyMap<string, Projection>;
  readonly sizeOf: SizeOf;
}

export interface ReportInputs extends TableInputs {
  readonly provenance: Provenance;
  readonly timelines: readonly Timeline[];
  readonly explanation: Explanation | null;
  readonly validation: Validation | null;
  /** How the fragments for a paper are set, by table. */
  readonly latexOf?: (table: string) => LatexOptions;
}

export interface Report {
  readonly title: string;
  readonly models: readonly TableModel[];
  readonly claims: readonly ClaimVerdict[];
  /** What the page's switch offers. */
  readonly protocols: readonly string[];
  readonly figures: readonly Figure[];
  /** Tables, figures, summary and provenance, by file name. */
  readonly files: ReadonlyMap<string, string>;
  /** The profile's part of the HTML report. */
  readonly section: string;
}

/** What numbers are judged by. */
export interface Standards {
  readonly rules: VerdictRules;
  readonly hardwareModel: HardwareModel | null;
}

/** @param textOf gives a file of the project, or of a bundle that brings its own */
export function standardsOf(paper: ReportedPaper, textOf?: (file: string) => string): Standards {
  const { rules, hardwareModel } = reportingOf(paper);
  return { rules: readRules(rules, textOf), hardwareModel: readHardwareModel(hardwareModel, textOf) };
}

/** @param standards those of the project unless a bundle brings its own */
export function tablesFrom(
  { paper, plan, measurements, projections, sizeOf }: TableInputs,
  { rules, hardwareModel }: Standards = standardsOf(paper),
): { readonly models: readonly TableModel[]; readonly evidence: Evidence } {
  const reporting = reportingOf(paper);
  const evidence: Evidence = {
    plan,
    printed: paper.printed(),
    printedOn: reporting.timedOn,
    jobs: jobsOf(plan),
    protocols: protocolsOf(plan),
    measurements,
    projections,
    sizeOf,
    rules,
    hardwareModel,
  };
  return { models: buildTables(reporting, plan, evidence), evidence };
}

/** Files that depend on plan, CSVs and projections alone: what `report --verify` makes again. */
export function tableFiles(
  models: readonly TableModel[],
  paper: ReportedPaper,
  latexOf: (table: string) => LatexOptions = () => ({}),
): Map<string, string> {
  const { figures } = reportingOf(paper);
  const citation = shortCitation(paper.citation);
  const files = new Map<string, string>();
  for (const model of models) {
    const name = fileName(model.id);
    const own = figures.find(({ table }) => table === model.id);
    files.set(`${name}.md`, renderMarkdown(model));
    files.set(`${name}.tex`, renderLatex(model, citation, latexOf(model.id)));
    files.set(`${name}.csv`, own?.csv(model) ?? model.csv ?? renderCsv(model));
    const svg = own?.draw(model).svg;
    if (svg) files.set(`${name}.svg`, svg);
  }
  files.set('tables.tex', renderLatexDocument(models, 'Tables', citation));
  return files;
}

/** A matrix of a user's own may be called anything. */
const fileName = (id: string): string => id.replace(/[^\w-]+/gu, '-') || 'table';

function figuresOf(
  models: readonly TableModel[],
  { figures, series }: Reporting,
  timelines: readonly Timeline[],
): Figure[] {
  const own = figures.flatMap(({ table, draw }) => models.filter(({ id }) => id === table).map(draw));
  const others = [
    ...speedUps(models),
    timelines.length === 0 ? null : deviceTimelines(timelines),
    errorCurves(models, series, new Set(figures.map(({ table }) => table))),
    errorAgainstCost(models, series),
  ];
  return [...own, ...others.flatMap((figure) => figure ?? [])];
}

/** Verdicts on the claims about the tables that the paper prints, and on those about others that the report has. */
function claimsOf(models: readonly TableModel[], paper: ReportedPaper, evidence: Evidence): ClaimVerdict[] {
  const placesIn = (tables: readonly string[]) =>
    models.filter(({ id }) => tables.includes(id)).flatMap(({ places }) => places);
  const ofPaper = placesIn(paper.tables);
  return reportingOf(paper)
    .claims()
    .flatMap((claim) => {
      const places = claim.tables === undefined ? ofPaper : placesIn(claim.tables);
      return claim.tables !== undefined && places.length === 0 ? [] : judgeClaims([claim], places, evidence);
    });
}

export function renderReport(inputs: ReportInputs): Report {
  const { paper, provenance, timelines, explanation, validation } = inputs;
  const reporting = reportingOf(paper);
  const { models, evidence } = tablesFrom(inputs);
  const claims = claimsOf(models, paper, evidence);
  const places = models.flatMap((model) => model.places);
  const agreement = modelAgreement(places, evidence, metricsOf(reporting));
  const summary = summarise(models, claims, agreement);
  const figures = figuresOf(models, reporting, timelines);
  const title = `Reproduction of “${paper.citation.title}”`;
  const files = tableFiles(models, paper, inputs.latexOf);
  const review = answered(reporting.review, models, evidence);
  for (const { model, figure } of review) if (figure?.svg) files.set(`${fileName(model.id)}.svg`, figure.svg);
  if (review.length > 0) files.set('questions.md', renderQuestions(title, review));
  files.set('summary.md', renderSummary(title, summary, claims, { ...reporting, review }, provenance));
  files.set('provenance.json', `${JSON.stringify(provenance, null, 2)}\n`);
  const answer = printedAgainstOurs(models, evidence, agreement);
  files.set('references.bib', bibtex(paper.citation, projectCitation()));
  const view = { answer, models, figures, claims, summary, review, provenance, explanation, validation };
  return {
    title,
    models,
    claims,
    figures: [...(answer === null ? [] : [answer]), ...figures],
    protocols: switchedProtocols(models),
    files,
    section: renderSection({ ...view, rules: evidence.rules, questions: reporting.questions }),
  };
}
