/** Finds the step profiles that runs left behind. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../../core/files/read-file.js';
import { timing } from '../../kinds/index.js';
import type { ExperimentPlan } from '../../plan/plan.js';
import type { Timeline, TimelineOperation } from '../../core/drawing/timeline.js';

/** Enough for a baseline and its layouts; more would bury the picture. */
const most = 8;

/** Traces of timing jobs (`trace.<row>.json`), baseline first; torn or foreign files are passed over. */
export function readTimelines(runs: string, plan: ExperimentPlan): Timeline[] {
  const timelines: Timeline[] = [];
  for (const job of plan.jobs) {
    const folder = join(runs, job.id);
    if (!timing.is(job) || !existsSync(folder)) continue;
    const rowOf = (name: string): number =>
      job.rows.findIndex(({ row }) => name.includes(row.replace(/[^\w-]+/gu, '_')));
    const files = readdirSync(folder).filter((name) => /^trace(\..*)?\.json$/u.test(name));
    for (const name of files.sort((a, b) => rowOf(a) - rowOf(b))) {
      if (timelines.length >= most) return timelines;
      try {
        const timeline = timelineOfTrace(
          JSON.parse(readTextFile(join(folder, name), { limit: 1 << 28, noLink: true })),
        );
        if (timeline) timelines.push(timeline);
      } catch {
        // A picture is not worth a report: a torn trace is left out.
      }
    }
  }
  return timelines;
}

const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      ph: z.string(),
      tid: z.number(),
      ts: z.number().optional(),
      dur: z.number().optional(),
      cat: z.string().optional(),
      args: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** Reads a run's `trace*.json` (Chrome trace events; `cat` is `pass,kind`). Null where it is none. */
function timelineOfTrace(content: unknown): Timeline | null {
  const parsed = traceSchema.safeParse(content);
  if (!parsed.success) return null;
  const { traceEvents } = parsed.data;
  const named = traceEvents.find(({ ph, name }) => ph === 'M' && name === 'process_name')?.args?.['name'];
  const operations = traceEvents.flatMap(({ ph, tid, ts, dur, cat }): TimelineOperation[] => {
    if (ph !== 'X' || ts === undefined || dur === undefined) return [];
    const [pass = 'forward', kind = 'other'] = (cat ?? '').split(',');
    return [{ device: tid, start: ts, duration: dur, pass, kind }];
  });
  return operations.length === 0 ? null : { title: typeof named === 'string' ? named : 'step', operations };
}
