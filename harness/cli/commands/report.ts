/** `reproduce report …`: writes the reports from what has been measured so far, and runs nothing. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes } from '../../core/exit-codes.js';
import { Problem } from '../../core/problem.js';
import {
  checkReport,
  checkText,
  compareReports,
  comparisonText,
  failuresOf,
  parseFailOn,
  verificationText,
  verifyBundle,
  writeBundle,
} from '../../report/index.js';
import { command, type ArgumentsOf, type ProgramSurroundings } from '../command.js';
import { latexOptions, latexOptionsOf } from '../options/latex-options.js';
import { experimentOptions, tables } from '../options/options.js';
import { allByDefault, prepare } from '../prepare.js';
import { report } from '../report.js';
import { stepSizesOf } from '../step-sizes.js';

const options = {
  ...experimentOptions,
  bundle: { type: 'string', describe: 'Also write a zip to attach to a paper' },
  'keep-names': {
    type: 'boolean',
    default: false,
    describe: 'Leave names of users, hosts and folders in report and zip',
  },
  verify: { type: 'string', describe: 'Make every table of a zip again from its CSVs, and compare' },
  compare: {
    type: 'string',
    nargs: 2,
    describe: 'Compare two report folders or zips; exit code 1 where numbers moved',
  },
  check: { type: 'string', describe: 'Judge a report folder or zip by --fail-on; exit code 1 where it falls short' },
  'fail-on': {
    type: 'string',
    describe: 'moved, missing, not-reproduced, METRIC=TOLERANCE, by commas (compare: moved, check: not-reproduced)',
  },
  ...latexOptions,
} as const;

type ReportArguments = ArgumentsOf<typeof tables> & ArgumentsOf<typeof options>;

/** Exit code 2 for a bundle that is not as it should be. */
export const reportCommand = command({
  positionals: tables,
  options,
  run: (args, surroundings) => {
    if (args.verify !== undefined) return verify(args.verify, args, surroundings);
    // With `nargs` yargs gives a list.
    if (args.check !== undefined) return check(args.check, args, surroundings);
    if (args.compare !== undefined) return compare(args.compare as unknown as [string, string], args, surroundings);
    return write(args, surroundings);
  },
});

async function verify(path: string, { json }: ReportArguments, surroundings: ProgramSurroundings): Promise<number> {
  const { output } = surroundings;
  const papers = await surroundings.papers();
  const sizes = stepSizesOf(papers.all, surroundings);
  const verification = await sizes.answer(() => verifyBundle(resolve(path), papers, sizes.sizeOf));
  output.write(json ? `${JSON.stringify(verification, null, 2)}\n` : verificationText(verification));
  return verification.findings.length > 0 ? exitCodes.failed : exitCodes.done;
}

function compare(
  [a, b]: readonly [string, string],
  { json, failOn }: ReportArguments,
  { output }: ProgramSurroundings,
): number {
  const comparison = compareReports(resolve(a), resolve(b));
  const failing = failuresOf(comparison, parseFailOn(failOn ?? 'moved'));
  output.write(json ? `${JSON.stringify({ ...comparison, failing }, null, 2)}\n` : comparisonText(comparison));
  return failing.length > 0 ? exitCodes.fellShort : exitCodes.done;
}

function check(path: string, { json, failOn, protocol }: ReportArguments, { output }: ProgramSurroundings): number {
  const protocols = protocol?.flatMap((names) => names.split(','));
  const found = checkReport(resolve(path), parseFailOn(failOn ?? 'not-reproduced'), protocols);
  output.write(json ? `${JSON.stringify(found, null, 2)}\n` : checkText(found));
  return found.failing.length > 0 ? exitCodes.fellShort : exitCodes.done;
}

async function write(args: ReportArguments, surroundings: ProgramSurroundings): Promise<number> {
  const { output, messages } = surroundings;
  const bundle = args.bundle === undefined ? undefined : bundlePath(args.bundle);
  const papers = await prepare(allByDefault(args), surroundings);
  if (bundle !== undefined && papers.length > 1)
    throw new Problem('USAGE', 'A bundle is of one paper, and several are named', 'Write one for each.');
  // Fonts and PDF take a while to load, and no other command needs them.
  const { figurePdf, latinModern } = await import('../../report/render/figure-pdf.js');
  const font = args.figureFont === undefined ? latinModern() : existingFile(args.figureFont);
  const latexOf = latexOptionsOf(args, args.tables ?? []);
  const files: string[] = [];
  for (const prepared of papers) {
    const written = await report(prepared, args, surroundings, {
      print: !args.json,
      failed: new Map(),
      latexOf,
      keepNames: args.keepNames,
      figurePdf: (svg, title) => figurePdf(svg, title, font),
    });
    files.push(...written.files);
    if (bundle !== undefined) writeBundle(written.context, bundle, { keepNames: args.keepNames });
  }
  if (args.json) output.write(`${JSON.stringify({ files, bundle: bundle ?? null }, null, 2)}\n`);
  else if (bundle !== undefined) messages.write(`Bundle: ${bundle}\n`);
  return exitCodes.done;
}

/** @throws Problem FILE_MISSING */
function existingFile(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return resolve(path);
  throw new Problem(
    'FILE_MISSING',
    `There is no file ${path}`,
    'Name an OpenType or TrueType font, as fc-list shows them.',
  );
}

/** @throws Problem BUNDLE_IS_FOLDER */
function bundlePath(text: string): string {
  const path = resolve(text);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Problem(
      'BUNDLE_IS_FOLDER',
      `${path} is a folder`,
      `Name the zip to write, such as ${text.replace(/\/$/, '')}/tables.zip.`,
    );
  return path;
}
