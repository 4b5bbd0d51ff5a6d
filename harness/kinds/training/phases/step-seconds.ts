/** How long the steps of a training took. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { median } from 'simple-statistics';
import { z } from 'zod';
import { runFile } from '../../../store/run-folder.js';
import type { TrainingPhase } from '../program.js';

const rowSchema = z.object({
  step: z.coerce.number(),
  milliseconds: z.coerce.number(),
  idleMilliseconds: z.coerce.number(),
});

/**
 * Device time of a whole training, seconds: for each phase its median step times the number of its steps, so that the
 * first step of a network, which sets it up, and a disturbance now and then do not count. From the log of its steps,
 * which is whole however often the training was interrupted; evaluation and checkpoints are in no step.
 */
export function stepSeconds(folder: string, phases: readonly Pick<TrainingPhase, 'begin'>[]): number {
  const records: unknown = parse(readFileSync(runFile(folder, 'steps'), 'utf8'), { columns: true });
  const rows = z.array(rowSchema).parse(records);
  const seconds = phases.map(({ begin }, index) => {
    const end = phases[index + 1]?.begin ?? Number.POSITIVE_INFINITY;
    // Rows count steps from 1.
    const own = rows.filter(({ step }) => step > begin && step <= end);
    const times = own.map(({ milliseconds, idleMilliseconds }) => milliseconds - idleMilliseconds);
    return times.length === 0 ? 0 : (times.length * median(times)) / 1000;
  });
  return seconds.reduce((total, own) => total + own, 0);
}
