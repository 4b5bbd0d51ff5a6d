/** Writes the reports of a plan: every table in four formats, the HTML report, figures and where the numbers come from. */
import { join, relative } from 'node:path';
import { removeTemporaries, writeAtomically } from '../core/files/atomic-write.js';
import { makeFolder } from '../core/files/make-folder.js';
import { readTextFile } from '../core/files/read-file.js';
import { profileNames } from '../plan/profile/profile-name.js';
import { shownValidation } from './explanations.js';
import { measurementsOf } from './measured/measurements.js';
import { readTimelines } from './measured/timelines.js';
import type { TableModel } from './model.js';
import { reportingOf } from './paper.js';
import { occasionOf } from './provenance/occasion.js';
import { nameless, privateProvenance } from './provenance/private.js';
import { provenanceOf } from './provenance/provenance.js';
import { renderReport, tablesFrom, type TableInputs } from './render-report.js';
import { renderPage, type Section } from './render/html.js';
import { runsOf, type ReportContext } from './report-context.js';

export { tableText } from './render/terminal.js';
export { projectionKey, type Projection } from './evaluate/projection.js';
export { measurementsOf, type Outcome } from './measured/measurements.js';
export { withFinishedTables } from './measured/finished-tables.js';
export { readOutcomes, writeCsvs } from './measured/write-results.js';
export type { ReportedPaper } from './paper.js';
export type { Occasion } from './provenance/provenance.js';
export type { ReportContext } from './report-context.js';
export { writeBundle } from './bundle/write.js';
export { verificationText, verifyBundle } from './bundle/verify.js';
export { numbersShown } from './numbers-shown.js';
export { compareReports } from './compare/compare.js';
export { comparisonText } from './compare/comparison-text.js';
export { checkReport, checkText } from './compare/check.js';
export { parseFailOn, failuresOf } from './compare/fail-on.js';

/** The table models of a plan. */
export const tablesOf = (inputs: TableInputs): readonly TableModel[] => tablesFrom(inputs).models;

const sectionFile = 'section.html';

/** Sections that reports of the same under other profiles left. */
function otherSections({ reports, folder, plan }: ReportContext): Section[] {
  const within = relative(join(reports, plan.profile), folder);
  return profileNames
    .filter((profile) => profile !== plan.profile)
    .flatMap((profile): Section[] => {
      try {
        return [{ profile, html: readTextFile(join(reports, profile, within, sectionFile), { limit: 1 << 26 }) }];
      } catch {
        return [];
      }
    });
}

/** A section as pages of other profiles show it: every number has its place on the page of its own profile. */
const shortened = (section: string): string =>
  section.replace(
    /<details class="every-number">[^]*?<\/details>/gu,
    '<p class="remark">Every number, with interval and verdict, is on the page of this profile.</p>',
  );

/** Characters of sections in one page: with style and script it then stays under 1.5 MB. */
const mostCharacters = 1_350_000;

/** The first section always; others while there is room. They have pages of their own. */
function fitting([first, ...others]: readonly Section[]): Section[] {
  if (!first) return [];
  let room = mostCharacters - first.html.length;
  return [first, ...others.filter(({ html }) => (room -= html.length) > 0)];
}

/** Writes everything and returns the paths, tables first. @throws Problem where the disk will not take it */
export function writeReports(context: ReportContext): string[] {
  const { paper, plan, outcomes, folder, projections, validation, sizeOf, latexOf } = context;
  makeFolder(folder);
  removeTemporaries(folder);
  const redact = nameless(outcomes, context.keepNames === true);
  const provenance = provenanceOf(plan, outcomes, occasionOf(context));
  const report = renderReport({
    paper,
    plan,
    measurements: measurementsOf(outcomes, redact),
    projections,
    sizeOf,
    provenance: context.keepNames === true ? provenance : privateProvenance(provenance, redact),
    timelines: readTimelines(runsOf(context), plan),
    explanation: reportingOf(paper).explanation(),
    validation: shownValidation(validation),
    ...(latexOf === undefined ? {} : { latexOf }),
  });
  const sections = fitting([{ profile: plan.profile, html: report.section }, ...otherSections(context)]);
  const { figurePdf } = context;
  const pdfs = report.figures.flatMap(({ id, title, svg }): [string, Uint8Array][] =>
    svg === null || figurePdf === undefined ? [] : [[`${id}.pdf`, figurePdf(svg, title)]],
  );
  const files = new Map<string, string | Uint8Array>([
    ...report.files,
    ...pdfs,
    [sectionFile, shortened(report.section)],
    ['index.html', renderPage(sections, report.title, report.protocols)],
  ]);
  return [...files].map(([name, content]) => {
    const path = join(folder, name);
    // It can be made again, so the disk need not be waited for.
    writeAtomically(path, content, { durable: false });
    return path;
  });
}
