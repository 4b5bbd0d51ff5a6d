/** `node job.js <folder of the submission>`, run by Slurm on a node: one task of an array. Exit codes: see `task-run.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TaskRun } from './task-run.js';
import { signals, tasksFile, tasksSchema } from './tasks.js';

const folder = process.argv[2] ?? '';
const tasks = tasksSchema.parse(JSON.parse(readFileSync(join(folder, tasksFile), 'utf8')));
const run = new TaskRun(tasks, Number(process.env['SLURM_ARRAY_TASK_ID']), (text) => {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
});
process.on(signals.timeIsUp, () => {
  run.ask('come back');
});
process.on(signals.cancel, () => {
  run.ask('cancel');
});
// From Slurm itself: preemption, `scontrol requeue`, `scancel` by hand. Which one, nobody says.
process.on('SIGTERM', () => {
  run.ask('pause');
});
process.exit(await run.run());
