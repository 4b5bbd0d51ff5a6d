/** `report --bundle`: one zip with the report, its tables, everything they were made from, and checksums. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { readBytesIfThere } from '../../core/files/read-file.js';
import { inProject } from '../../core/project.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { runFiles } from '../../store/run-folder.js';
import { Papers } from '../../plan/paper/papers.js';
import { shownValidation } from '../explanations.js';
import { reportingOf } from '../paper.js';
import { runsOf, type ReportContext } from '../report-context.js';
import { evidenceCsvs } from '../measured/write-results.js';
import { measurementsOf } from '../measured/measurements.js';
import { occasionOf } from '../provenance/occasion.js';
import { nameless, privateProvenance } from '../provenance/private.js';
import { provenanceOf } from '../provenance/provenance.js';
import { renderReport } from '../render-report.js';
import { renderPage } from '../render/html.js';
import { readTimelines } from '../measured/timelines.js';
import { inputTexts, readInputs } from './inputs.js';
import { roCrate } from './ro-crate.js';

export const checksumFile = 'SHA256SUMS';
export const crateFile = 'ro-crate-metadata.json';

export interface BundleOptions {
  /** Keep user names, host names and home folders. */
  readonly keepNames?: boolean;
}

/** What of a run folder goes along: everything to read, nothing to compute with. */
const runParts = (['job', 'execution', 'attempts', 'log', 'epochs', 'timings', 'result'] as const).map(
  (name) => runFiles[name],
);
/** Of a long log the end tells most. */
const mostLogBytes = 256 * 1024;
const mostFileBytes = 1 << 28;

function runTexts(runs: string, ids: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const id of ids) {
    for (const part of [...runParts, runFiles.failure]) {
      const path = join(runs, id, part);
      // A link would put into the zip whatever it leads to.
      const content = readBytesIfThere(path, { limit: mostFileBytes, noLink: true });
      if (content === undefined) continue;
      texts.set(`runs/${id}/${part}`, content.subarray(Math.max(0, content.length - mostLogBytes)).toString('utf8'));
    }
  }
  return texts;
}

/** Matrices, protocols, profiles, rules and printed numbers as they were. */
function configurationTexts(): Map<string, string> {
  const root = inProject('experiments');
  const texts = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (/\.(ya?ml|json)$/u.test(name))
        texts.set(`experiments/${relative(root, path)}`, readFileSync(path, 'utf8'));
    }
  };
  walk(root);
  for (const name of ['LICENSE', 'CITATION.cff']) {
    if (existsSync(inProject(name))) texts.set(name, readFileSync(inProject(name), 'utf8'));
  }
  return texts;
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The bundle's files by name, checksums and description among them. */
export function bundleFiles(
  context: ReportContext,
  { keepNames = false }: BundleOptions = {},
): Map<string, Uint8Array> {
  const { paper, plan, outcomes, sizeOf } = context;
  const redact = nameless(outcomes, keepNames);
  const runs = runsOf(context);

  // Inputs are redacted before the tables are made, so that they can be made again from the bundle alone.
  const inputs = new Map(
    [...inputTexts(plan, measurementsOf(outcomes).failures), ...evidenceCsvs(context)].map(
      ([name, text]) => [name, redact(text)] as const,
    ),
  );
  const made = provenanceOf(plan, outcomes, occasionOf(context));
  const provenance = keepNames ? made : privateProvenance(made, redact);
  const report = renderReport({
    ...readInputs((name) => inputs.get(name), new Papers([paper]), sizeOf),
    provenance,
    timelines: readTimelines(runs, plan),
    explanation: reportingOf(paper).explanation(),
    validation: shownValidation(context.validation),
  });
  const page = renderPage([{ profile: plan.profile, html: report.section }], report.title, report.protocols);
  const others = [
    ...runTexts(
      runs,
      plan.jobs.map(({ id }) => id),
    ),
    ...configurationTexts(),
  ];
  const texts = new Map([
    ['index.html', page],
    ...report.files,
    ...inputs,
    ...others.map(([name, text]) => [name, redact(text)] as const),
  ]);

  const files = new Map([...texts].map(([name, text]) => [name, strToU8(text)]));
  const listed = [...files].map(([name, content]) => ({ name, bytes: content.length, sha256: sha256(content) }));
  files.set(crateFile, strToU8(roCrate(listed, provenance, paper.citation)));
  const sums = [...files].map(([name, content]) => `${sha256(content)}  ${name}\n`);
  return files.set(checksumFile, strToU8(sums.join('')));
}

/** Writes the zip. @throws Problem DISK_FULL, NOT_WRITABLE; FILE_UNREADABLE for a file of a run that is a link, or no regular file */
export function writeBundle(context: ReportContext, file: string, options: BundleOptions = {}): string {
  const files = bundleFiles(context, options);
  // One date for all, so that the same inputs give the same bytes.
  const mtime = new Date('2000-01-01T00:00:00');
  writeAtomically(file, zipSync(Object.fromEntries(files), { level: 6, mtime }));
  return file;
}
