/** The plan that is reported: every table of the paper, with as many seeds as make the jobs wanted. */
import { warpnet } from '../../../experiments/warpnet/index.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';
import type { SizeOf } from '../../../harness/plan/step-size.js';
import { anyMachine } from '../any-machine.js';

const folder = new ExperimentFolder(warpnet);
const matrices = folder.matrixNames().map((name) => folder.matrix(name));

export const planWith = (seeds: number, sizeOf: SizeOf): ExperimentPlan =>
  expand({
    matrices,
    profile: 'auto',
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    machine: anyMachine,
    sizeOf,
    folder,
  });

/** The fewest seeds that make so many jobs. */
export function seedsFor(jobs: number, sizeOf: SizeOf): number {
  const [one, two] = [planWith(1, sizeOf).jobs.length, planWith(2, sizeOf).jobs.length];
  return 1 + Math.ceil(Math.max(0, jobs - one) / (two - one));
}
