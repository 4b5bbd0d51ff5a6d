/**
 * Energy of the GPUs of a run: nvidia-smi's power readings go to `power.csv` as they come, and the energy is their integral,
 * over all attempts. Nothing is estimated where nvidia-smi is missing.
 */
import { readTextFile } from '../../core/files/read-file.js';
import { followNvidiaSmi, queryOf } from '../../core/process/nvidia-smi.js';
import { runFile } from '../../store/run-folder.js';
import { CsvLog } from '../../kinds/csv-log.js';
import type { Gpu } from '../../engine/devices/visible-gpus.js';

export const powerColumns = ['at', 'watts'] as const;

/** Readings further apart than this are of different attempts, or a gap in which nothing is known; milliseconds. */
const longestGap = 10_000;

/**
 * Starts reading the summed power of these cards once a second. A disk that is full ends the readings, not the run.
 * @returns a function that ends it.
 */
export function recordPower(folder: string, gpus: readonly Gpu[]): () => void {
  if (gpus.length === 0) return () => undefined;
  const log = new CsvLog(runFile(folder, 'power'), powerColumns, () => true);
  const cards = gpus.map(({ uuid }) => uuid).join(',');
  let readings: number[] = [];
  const stop = followNvidiaSmi([...queryOf(['power.draw']), '-lms', '1000', '-i', cards], (line) => {
    readings.push(Number(line));
    if (readings.length < gpus.length) return;
    const watts = readings.reduce((sum, reading) => sum + reading, 0);
    readings = [];
    // `[N/A]` on cards that do not tell.
    if (!Number.isFinite(watts)) {
      stop();
      return;
    }
    try {
      log.append(new Date().toISOString(), watts);
      log.flush();
    } catch {
      stop();
    }
  });
  return () => {
    stop();
    log.close();
  };
}

/** Joules by the trapezium rule over `power.csv`; null where there is no such file or a single reading. */
export function energyJoules(folder: string): number | null {
  let text: string;
  try {
    text = readTextFile(runFile(folder, 'power'), { limit: 1 << 28 });
  } catch {
    return null;
  }
  const readings = text
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(','))
    .map(([at, watts]) => ({ at: Date.parse(at ?? ''), watts: Number(watts) }));
  const spans = readings.flatMap((reading, index) => {
    const before = readings[index - 1];
    const milliseconds = before ? reading.at - before.at : 0;
    if (!before || !(milliseconds > 0 && milliseconds <= longestGap)) return [];
    return [(milliseconds / 1000) * ((reading.watts + before.watts) / 2)];
  });
  return spans.length === 0 ? null : spans.reduce((sum, joules) => sum + joules, 0);
}
