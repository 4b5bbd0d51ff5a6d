import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { inProject } from '../project.js';
import type { MeasuredLayout, ValidationSummary } from '../simulate/validation.js';
import type { StepProfile } from '../engine/step-graph.js';

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
  const [
    { validationPlan },
    { validate, profiledMachine, validationCsv },
    { operationTimes },
    { operationTimesText },
    measuring,
    { openTracedEngine },
  ] = await Promise.all([
    import('../simulate/validation-plan.js'),
    import('../simulate/validation.js'),
    import('../simulate/operation-times.js'),
    import('../simulate/operation-times-file.js'),
    import('./measure-layouts.js'),
    import('../engine/traced/index.js'),
  ]);
  const groups = validationPlan(args.devices, args.kw.split(',').map(Number));
  const measured: MeasuredLayout[] = [];
  const profiles: StepProfile[] = [];
  for (const [index, group] of groups.entries()) {
    messages.write(`group ${index + 1} of ${groups.length}: kw ${group.kw}, ${group.batchNorm}\n`);
    const found = await measuring.measureGroup(
      group,
      (count) => openTracedEngine({ devices: { kind: 'cores', count } }),
      { ...measuring.defaultSettings, mostRounds: args.rounds },
      (line) => messages.write(`  ${line}\n`),
    );
    measured.push(...found.layouts);
    profiles.push(...found.profiles);
  }
  const times = operationTimes(profiles);
  const machine = profiledMachine([times]);
  const { rows, summary } = validate(machine, measured);
  const folder = join(args['reports-folder'] ?? inProject('reports'), args.profile);
  mkdirSync(folder, { recursive: true });
  const file: ValidationFile = { ...summary, hardware: machine.costs.hardware.model };
  writeFileSync(join(folder, validationFiles.table), validationCsv(rows));
  writeFileSync(join(folder, validationFiles.summary), `${JSON.stringify(file, null, 2)}\n`);
  writeFileSync(join(folder, validationFiles.times), operationTimesText([times]));
  const stretched = Object.entries(machine.effects.stretch)
    .map(([kind, factor]) => `${kind} ${factor.toFixed(2)}`)
    .join(', ');
  output.write(
    `${summary.layouts} layouts: mean difference ${summary.meanDifferencePct.toFixed(1)} points, ` +
      `${Math.round(100 * summary.withinFive)} % within 5; widest measured interval ${summary.widestIntervalPct.toFixed(1)} points.\n` +
      `Crossing: ${machine.effects.latency.toFixed(0)} µs. Times as long while another core is busy: ${stretched}.\n` +
      `${join(folder, validationFiles.table)}\n`,
  );
  return 0;
}

export const validateProjectionCommand: CommandModule<object, ValidateArguments> = {
  command: 'validate-projection',
  describe: 'Measure every layout that fits on this machine’s cores and compare it with its projection',
  builder: (yargs) =>
    yargs
      .option('devices', { type: 'number', default: 2, describe: 'One-core devices' })
      .option('kw', { type: 'string', default: '1,2,4', describe: 'Widths, by commas' })
      .option('rounds', { type: 'number', default: 160, describe: 'At most so many rounds a group' })
      .option('profile', { type: 'string', default: 'quick', describe: 'Reports are written below its folder' })
      .option('reports-folder', { type: 'string', describe: 'Where reports are kept (reports/)' }),
  handler: async (args) => {
    process.exitCode = await validateProjection(args);
  },
};
