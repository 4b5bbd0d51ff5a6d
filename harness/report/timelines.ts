/** Finds the step profiles that runs left behind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentPlan } from '../experiment/plan.js';
import { timelineOfTrace, type Timeline } from './figures/timeline.js';

/** Enough for a baseline and its layouts; more would bury the picture. */
const most = 8;

/** Traces of timing cells (`trace.<row>.json`), baseline first; torn or foreign files are passed over. */
export function readTimelines(runs: string, plan: ExperimentPlan): Timeline[] {
  const timelines: Timeline[] = [];
  for (const cell of plan.cells) {
    const folder = join(runs, cell.id);
    if (cell.kind !== 'timing' || !existsSync(folder)) continue;
    const rowOf = (name: string): number =>
      cell.rows.findIndex(({ row }) => name.includes(row.replace(/[^\w-]+/gu, '_')));
    const files = readdirSync(folder).filter((name) => /^trace(\..*)?\.json$/u.test(name));
    for (const name of files.sort((a, b) => rowOf(a) - rowOf(b))) {
      if (timelines.length >= most) return timelines;
      try {
        const timeline = timelineOfTrace(JSON.parse(readFileSync(join(folder, name), 'utf8')));
        if (timeline) timelines.push(timeline);
      } catch {
        // A picture is not worth a report: a torn trace is left out.
      }
    }
  }
  return timelines;
}
