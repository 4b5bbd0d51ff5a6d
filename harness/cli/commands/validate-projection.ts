import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { inProject } from '../../core/project.js';
import { experimentOptions } from '../options.js';
import type { ValidationResult, ValidationSummary } from '../../project/validation/validation.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { isDisturbing } from '../../report/measured/other-load.js';
import { makeFolder, writing } from '../../core/files/write-problem.js';

interface ValidateArguments {
  readonly devices: number;
  readonly kw: string;
  readonly rounds: number;
  readonly profile: string;
  readonly 'reports-folder'?: string | undefined;
}

/** Files below `reports/<profile>/`. */
export const validationFiles = {
  table: 'projection-validation.csv',
  summary: 'projection-validation.json',
  times: 'operation-times.json',
} as const;

/** What the summary file holds. */
export type ValidationFile = ValidationSummary & { readonly hardware: string };

/** Measures every layout that fits, projects it, and writes both. @returns exit code 0 */
export async function validateProjection(
  args: ValidateArguments,
  output: NodeJS.WritableStream = process.stdout,
  messages: NodeJS.WritableStream = process.stderr,
): Promise<number> {
  const [{ validationPlan }, { validate }, { operationTimes }, measuring, { openTracedEngine }] = await Promise.all([
    import('../../project/validation/validation-plan.js'),
    import('../../project/validation/validation.js'),
    import('../../project/costs/operation-times.js'),
    import('../../project/validation/measure-layouts.js'),
    import('../../engine/traced/index.js'),
  ]);
  const groups = validationPlan(args.devices, args.kw.split(',').map(Number));
  const rows: ValidationResult[] = [];
  const times: OperationTimes[] = [];
  const folder = join(args['reports-folder'] ?? inProject('reports'), args.profile);
  let summary: ValidationSummary | null = null;
  for (const [index, group] of groups.entries()) {
    messages.write(`group ${index + 1} of ${groups.length}: kw ${group.kw}, ${group.batchNorm}\n`);
    const found = await measuring.measureGroup(
      group,
      (count) => openTracedEngine({ devices: { kind: 'cores', count } }),
      { ...measuring.defaultSettings, mostRounds: args.rounds },
      (line) => messages.write(`  ${line}\n`),
    );
    const own = operationTimes(found.profiles);
    times.push(own);
    // By its own times: between groups the machine's mood changes.
    rows.push(...validate(group, found.layouts, own));
    if (own.effects !== null) messages.write(`  ${effectsText(own.effects)}\n`);
    if (isDisturbing(found.otherLoad))
      messages.write(`  others took ${Math.round(100 * found.otherLoad)} % of the cores: this group is worth less\n`);
    // After each group: an hour of measuring must not hang on the last one.
    summary = await writeValidation(folder, rows, times);
  }
  if (summary !== null) output.write(sentence(summary, folder));
  return 0;
}

/** Writes the files of what has been measured so far. @throws Problem DISK_FULL, NOT_WRITABLE */
async function writeValidation(
  folder: string,
  rows: readonly ValidationResult[],
  times: readonly OperationTimes[],
): Promise<ValidationSummary> {
  const [{ summarise, validationCsv }, { operationTimesText }] = await Promise.all([
    import('../../project/validation/validation.js'),
    import('../../project/costs/operation-times-file.js'),
  ]);
  const summary = summarise(rows);
  const file: ValidationFile = { ...summary, hardware: times[0]?.hardware.model ?? 'unknown' };
  const texts = {
    [validationFiles.table]: validationCsv(rows),
    [validationFiles.summary]: `${JSON.stringify(file, null, 2)}\n`,
    [validationFiles.times]: operationTimesText(times),
  };
  makeFolder(folder);
  for (const [name, text] of Object.entries(texts)) {
    const path = join(folder, name);
    writing(path, () => {
      writeAtomically(path, text);
    });
  }
  return summary;
}

function effectsText({ latency, stretch }: NonNullable<OperationTimes['effects']>): string {
  const stretched = Object.entries(stretch)
    .filter(([, factor]) => factor >= 1.005)
    .map(([kind, factor]) => `${kind} ${factor.toFixed(2)}`);
  return `crossing: ${latency.toFixed(0)} µs; times as long while another core is busy: ${stretched.join(', ') || 'none'}`;
}

const sentence = (summary: ValidationSummary, folder: string): string =>
  `${summary.layouts} layouts: mean difference ${summary.meanDifferencePct.toFixed(1)} points, ` +
  `${Math.round(100 * summary.withinFive)} % within 5; widest measured interval ${summary.widestIntervalPct.toFixed(1)} points.\n` +
  `${join(folder, validationFiles.table)}\n`;

export const validateProjectionCommand: CommandModule<object, ValidateArguments> = {
  command: 'validate-projection',
  describe: 'Measure every layout that fits on this machine’s cores and compare it with its projection',
  builder: (yargs) =>
    yargs
      .option('devices', { type: 'number', default: 2, describe: 'One-core devices' })
      .option('kw', { type: 'string', default: '1,2,4', describe: 'Widths, by commas' })
      .option('rounds', { type: 'number', default: 400, describe: 'At most so many rounds a group' })
      .option('profile', { ...experimentOptions.profile, describe: 'Reports are written below its folder' })
      .option('reports-folder', { type: 'string', describe: 'Where reports are kept (reports/)' }),
  handler: async (args) => {
    process.exitCode = await validateProjection(args);
  },
};
