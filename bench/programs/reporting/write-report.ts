/**
 * Writes the report of the runs in a folder, as `report` does, and prints what it took: from the start of this process, with what the
 * cache has and nothing else.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { papers } from '../../../experiments/index.js';
import { warpnet } from '../../../experiments/warpnet/index.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { projectPlaces } from '../../../harness/project/projections.js';
import { StepSizes } from '../../../harness/project/step-sizes.js';
import { knownValidation } from '../../../harness/project/validation/known-validation.js';
import { readOutcomes, writeCsvs, writeReports } from '../../../harness/report/index.js';
import { RunStore } from '../../../harness/store/store.js';
import { planWith } from './plan.js';

/** What the program prints, as JSON. */
export interface WrittenReport {
  readonly seconds: number;
  readonly runs: number;
  readonly projections: number;
  /** Of its page. */
  readonly bytes: number;
}

const [scratch = '', seeds = ''] = process.argv.slice(2);
const sizes = new StepSizes([warpnet], join(scratch, 'cache', 'step-sizes'));
const { sizeOf } = sizes;
const projector = new PlaceProjector(warpnet, join(scratch, 'cache', 'projected-steps'));
const folder = join(scratch, 'auto', warpnet.id);
const plan = await sizes.answer(() => planWith(Number(seeds), sizeOf));
const outcomes = readOutcomes(plan.jobs, new RunStore(join(scratch, 'runs'), papers), (message) => {
  throw new Error(message);
});
const validation = await knownValidation({ projector, plan, outcomes, reports: scratch });
const projections = await projectPlaces({ projector, plan, outcomes, validation });
const measured = { plan, outcomes, projections, validation };
writeCsvs(measured, folder);
await sizes.answer(() => writeReports({ ...measured, paper: warpnet, sizeOf, reports: scratch, folder }));
const written: WrittenReport = {
  // Since the process started.
  seconds: performance.now() / 1000,
  runs: plan.jobs.length,
  projections: projections.size,
  bytes: statSync(join(folder, 'index.html')).size,
};
process.stdout.write(JSON.stringify(written));
