/** `validate-projection`: measures layouts that fit this machine, projects them too, and says how far off that is. */
import { join } from 'node:path';
import { exitCodes } from '../../core/exit-codes.js';
import { inProject } from '../../core/project.js';
import { openTracedEngine } from '../../engine/traced/index.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { operationTimes } from '../../project/costs/operation-times.js';
import { defaultSettings, measureGroup } from '../../project/validation/measure-layouts.js';
import { validationFiles, writeValidation } from '../../project/validation/validation-files.js';
import { validationPlan } from '../../project/validation/validation-plan.js';
import { validate, type ValidationResult, type ValidationSummary } from '../../project/validation/validation.js';
import { isDisturbing } from '../../report/measured/other-load.js';
import { command } from '../command.js';
import { experimentOptions, pick } from '../options.js';

export const validateProjectionCommand = command({
  positionals: {},
  options: {
    devices: { type: 'number', default: 2, describe: 'One-core devices' },
    kw: { type: 'string', default: '1,2,4', describe: 'Widths, by commas' },
    rounds: { type: 'number', default: 400, describe: 'At most so many rounds a group' },
    profile: { ...experimentOptions.profile, describe: 'Reports are written below its folder' },
    ...pick('reports-folder'),
  },
  run: async (args, { output, messages }) => {
    const groups = validationPlan(args.devices, args.kw.split(',').map(Number));
    const rows: ValidationResult[] = [];
    const times: OperationTimes[] = [];
    const folder = join(args.reportsFolder ?? inProject('reports'), args.profile);
    let summary: ValidationSummary | null = null;
    for (const [index, group] of groups.entries()) {
      messages.write(`group ${index + 1} of ${groups.length}: kw ${group.kw}, ${group.batchNorm}\n`);
      const found = await measureGroup(
        group,
        (count) => openTracedEngine({ devices: { kind: 'cores', count } }),
        { ...defaultSettings, mostRounds: args.rounds },
        (line) => messages.write(`  ${line}\n`),
      );
      const own = operationTimes(found.profiles);
      times.push(own);
      // By its own times: the machine's speed changes from one group to the next.
      rows.push(...validate(group, found.layouts, own));
      if (own.effects !== null) messages.write(`  ${effectsText(own.effects)}\n`);
      if (isDisturbing(found.otherLoad))
        messages.write(
          `  Other processes took ${Math.round(100 * found.otherLoad)} % of the cores: this group is less certain.\n`,
        );
      // After each group: an hour of measuring must not hang on the last one.
      summary = writeValidation(folder, rows, times);
    }
    if (summary !== null) output.write(sentence(summary, folder));
    return exitCodes.done;
  },
});

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
