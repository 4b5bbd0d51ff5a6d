/** Writes the reports of a plan: every table in four formats, the HTML report, figures and where the numbers come from. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readClaimRules } from './claims/claim-rules.js';
import { measurementsOf, type Measurements } from './measured/measurements.js';
import type { ExperimentPlan } from '../plan/plan.js';
import { writing } from '../core/files/write-problem.js';
import type { Projection } from './evaluate/projection.js';
import { readFit, readValidation } from './explanations.js';
import type { TableModel } from './model.js';
import { occasionOf } from './provenance/occasion.js';
import type { ReportContext } from './report-context.js';
import { provenanceOf } from './provenance/provenance.js';
import { renderReport, tablesFrom } from './render-report.js';
import { renderPage, type Section } from './render/html.js';
import { readTimelines } from './measured/timelines.js';

export { tableText } from './render/terminal.js';
export { entryKey } from './evaluate/entries.js';
export type { Projection } from './evaluate/projection.js';
export { validationFolder } from './explanations.js';
export type { Outcome } from './measured/measurements.js';
export type { Occasion } from './provenance/provenance.js';
export type { ReportContext } from './report-context.js';
export { writeBundle } from './bundle/write.js';
export { verificationText, verifyBundle } from './bundle/verify.js';
export { comparisonText, compareReports } from './compare.js';

/** The table models of a plan. */
export const tablesOf = (
  plan: ExperimentPlan,
  measurements: Measurements,
  projections: ReadonlyMap<string, Projection> = new Map(),
): TableModel[] => tablesFrom({ plan, measurements, projections }).models;

const sectionFile = 'section.html';

/** Sections that reports of other profiles left beside this one. */
function otherSections(folder: string, profile: string): Section[] {
  const parent = dirname(folder);
  return readdirSync(parent, { withFileTypes: true }).flatMap((entry): Section[] => {
    if (!entry.isDirectory() || entry.name === profile || !['quick', 'auto', 'paper'].includes(entry.name)) return [];
    try {
      return [{ profile: entry.name, html: readFileSync(join(parent, entry.name, sectionFile), 'utf8') }];
    } catch {
      return [];
    }
  });
}

/** Characters of sections in one page: with style and script it then stays under 1.5 MB. */
const mostCharacters = 1_350_000;

/** The first section always; others while there is room. They have pages of their own. */
function fitting([first, ...others]: readonly Section[]): Section[] {
  if (!first) return [];
  let room = mostCharacters - first.html.length;
  return [first, ...others.filter(({ html }) => (room -= html.length) > 0)];
}

/** By way of a temporary file, so that nobody reads half a report; it can be made again, so the disk need not be waited for. */
function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writing(path, () => {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  });
}

/** Writes everything and resolves to the paths, tables first. @throws Problem where the disk will not take it */
export async function writeReports(context: ReportContext): Promise<string[]> {
  const { plan, outcomes, folder, projections = new Map<string, Projection>() } = context;
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  const report = renderReport({
    plan,
    measurements: measurementsOf(outcomes),
    projections,
    provenance: provenanceOf(plan, outcomes, occasionOf(context)),
    timelines: readTimelines(context.runs ?? join(dirname(folder), 'runs'), plan),
    claimRules: readClaimRules(),
    fit: readFit(join(dirname(folder), 'fit')),
    validation: readValidation(folder),
  });
  const sections = fitting([{ profile: plan.profile, html: report.section }, ...otherSections(folder, plan.profile)]);
  const files = new Map([
    ...report.files,
    [sectionFile, report.section],
    ['index.html', renderPage(sections, report.title, report.protocols)],
  ]);
  return [...files].map(([name, content]) => {
    const path = join(folder, name);
    writeWhole(path, content);
    return path;
  });
}
