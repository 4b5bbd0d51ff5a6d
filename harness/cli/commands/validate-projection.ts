/** `validate-projection`: measures layouts that fit this machine, projects them too, and says how far off that is. */
import { join } from 'node:path';
import { exitCodes } from '../../core/exit-codes.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/write-problem.js';
import { Problem } from '../../core/problem.js';
import { operations } from '../../kinds/index.js';
import { operationTimesText } from '../../project/costs/operation-times-file.js';
import type { Validation } from '../../project/validation/validation-file.js';
import { relativeSpeedUp } from '../../report/measured/statistics.js';
import { runCells, tellTheRest } from '../../run/run-cells.js';
import { command, type ArgumentsOf, type ProgramSurroundings } from '../command.js';
import { experimentOptions, runOptions } from '../options.js';
import { allByDefault, prepare } from '../prepare.js';

const options = {
  ...experimentOptions,
  ...runOptions,
  rounds: { type: 'number', default: 40, describe: 'How often layouts and their baseline take turns' },
  profile: { ...experimentOptions.profile, describe: 'Whose protocols, and below whose folder the reports are' },
} as const;

/** What `whatif --profile` reads. */
const operationTimesFile = 'operation-times.json';

export const validateProjectionCommand = command({ positionals: {}, options, run: validateProjection });

/** @throws Problem USAGE for fewer than two rounds or devices, and of what is prepared and run */
async function validateProjection(
  args: ArgumentsOf<typeof options>,
  surroundings: ProgramSurroundings,
): Promise<number> {
  if (!Number.isInteger(args.rounds) || args.rounds < 2)
    throw new Problem('USAGE', `--rounds ${args.rounds}: an interval needs two rounds at least`);
  const { output, messages } = surroundings;
  const prepared = await prepare(allByDefault(args), surroundings);
  // What reads step graphs needs tfjs.
  const [{ planValidation }, { validate }, { summarise, validationCsv, validationTable }] = await Promise.all([
    import('../../project/validation/validation-plan.js'),
    import('../../project/validation/validation.js'),
    import('../../project/validation/validation-file.js'),
  ]);
  const planned = prepared.map((one) => ({
    one,
    layouts: planValidation({ ...one, paper: one.asked.paper, rounds: args.rounds }),
  }));
  const jobs = planned.flatMap(({ layouts }) => layouts.flatMap(({ timing, operations: priced }) => [timing, priced]));
  const cells = [...new Map(jobs.map((job) => [job.id, job])).values()];
  const [first] = prepared;
  if (first === undefined || cells.length === 0)
    throw new Problem(
      'USAGE',
      'No layout on several devices fits this machine',
      'A validation needs two cores or GPUs that the traced engine may use: --devices cpu:2.',
    );
  const run = await runCells({ ...first, cells }, args, surroundings);
  const { store, folders } = first;
  const rows = planned.flatMap(({ one, layouts }) =>
    validate(layouts, { paper: one.asked.paper, resultOf: (id) => store.result(id), speedUpOf: relativeSpeedUp }),
  );
  const folder = join(folders.reports, args.profile);
  const summary = summarise(rows);
  if (rows.length > 0) {
    const times = cells.flatMap(({ id }) => store.resultOf(operations, id)?.times ?? []);
    makeFolder(folder);
    writeAtomically(join(folder, validationTable), validationCsv(rows));
    writeAtomically(join(folder, operationTimesFile), operationTimesText(times));
  }
  if (args.json) output.write(`${JSON.stringify({ ...run.summary, ...summary }, null, 2)}\n`);
  else {
    output.write(sentence(summary, join(folder, validationTable)));
    tellTheRest(run, { ...surroundings, messages });
  }
  return run.exitCode === exitCodes.done && rows.length === 0 ? exitCodes.failed : run.exitCode;
}

const sentence = (summary: Validation, file: string): string =>
  summary.rows.length === 0
    ? 'No layout has been both measured and projected.\n'
    : `${summary.rows.length} layouts: mean difference ${summary.meanDifferencePct.toFixed(1)} points, ` +
      `${summary.withinFive} within 5; widest measured interval ${summary.widestIntervalPct.toFixed(1)} points.\n${file}\n`;
