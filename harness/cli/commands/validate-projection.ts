/**
 * `validate-projection [tables…]`: measures layouts that fit this machine, projects them too, and says how far off that is.
 * The jobs are run like those of tables, so that a call goes on where an earlier one stopped.
 */
import { join } from 'node:path';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { makeFolder } from '../../core/files/make-folder.js';
import { exitCodes } from '../../core/exit-codes.js';
import { Problem } from '../../core/problem.js';
import { operations, type Job } from '../../kinds/index.js';
import type { OperationTimes } from '../../kinds/operations/operation-times.js';
import { operationTimesText } from '../../project/costs/operation-times-file.js';
import {
  summarise,
  validationCsv,
  validationTable,
  type Validation,
} from '../../project/validation/validation-file.js';
import { planValidation, type PlannedValidation } from '../../project/validation/validation-plan.js';
import { validate, type ValidatedLayout } from '../../project/validation/validation.js';
import { relativeSpeedUp } from '../../core/statistics.js';
import { runJobs, tellTheRest } from '../../run/run-jobs.js';
import { command } from '../command.js';
import { experimentOptions, ownFile, runOptions, tables } from '../options/options.js';
import { allByDefault, prepare } from '../prepare.js';
import { askAfter } from '../step-sizes.js';

/** What `whatif --profile` reads. */
const operationTimesFile = 'operation-times.json';

export const validateProjectionCommand = command({
  positionals: tables,
  options: {
    ...experimentOptions,
    ...runOptions,
    file: ownFile,
    rounds: { type: 'number', default: 40, describe: 'How often a layout and its baseline take turns' },
  },
  run: async (args, surroundings) => {
    if (!Number.isInteger(args.rounds) || args.rounds < 2)
      throw new Problem('USAGE', `--rounds ${args.rounds}: an interval needs two rounds at least`);
    const validated: ValidatedLayout[] = [];
    const times: OperationTimes[] = [];
    let folder: string | undefined;
    let exitCode: number = exitCodes.done;
    for (const prepared of await prepare(allByDefault(args), surroundings)) {
      const { asked, plan, machine, sizes, sizeOf, projector, store, folders, profile } = prepared;
      const { paper } = asked;
      const planned = await sizes.answer(() => {
        const layouts = planValidation({ paper, plan, machine, sizeOf, rounds: args.rounds });
        askAfter([...jobsOf(layouts).values()], sizeOf);
        return layouts;
      });
      const jobs = jobsOf(planned);
      const run = await runJobs({ ...prepared, jobs: [...jobs.values()] }, args, surroundings);
      exitCode = Math.max(exitCode, run.exitCode);
      tellTheRest(run, surroundings);
      const resultOf = (id: string) => (store.state(id) === 'done' ? store.result(id) : null);
      validated.push(...(await validate(planned, { projector, resultOf, speedUpOf: relativeSpeedUp })));
      for (const { id } of jobs.values())
        if (store.state(id) === 'done') times.push(...[store.resultOf(operations, id)?.times ?? []].flat());
      folder = join(folders.reports, profile);
      if (exitCode === exitCodes.interrupted) break;
    }
    if (folder === undefined || validated.length === 0) {
      surroundings.messages.write('No layout on several devices could be measured here: nothing is validated.\n');
      return exitCode;
    }
    makeFolder(folder);
    const path = join(folder, validationTable);
    writeAtomically(path, validationCsv(validated));
    writeAtomically(join(folder, operationTimesFile), operationTimesText(times));
    const summary = summarise(validated);
    surroundings.output.write(args.json ? `${JSON.stringify(summary, null, 2)}\n` : `${sentence(summary)}\n${path}\n`);
    return exitCode;
  },
});

const jobsOf = (planned: readonly PlannedValidation[]): Map<string, Job> =>
  new Map(planned.flatMap(({ timing, operations: priced }): Job[] => [priced, timing]).map((job) => [job.id, job]));

const sentence = ({ rows, meanDifferencePct, withinFive, widestIntervalPct }: Validation): string =>
  `${rows.length} layouts: mean difference ${meanDifferencePct.toFixed(1)} points, ` +
  `${Math.round((100 * withinFive) / rows.length)} % within 5; widest measured interval ${widestIntervalPct.toFixed(1)} points.`;
