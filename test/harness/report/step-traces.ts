/** FIXTURES: step profiles as runs leave them, made up. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timing } from '../../../harness/kinds/index.js';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';

const kinds = ['convolution', 'normalisation', 'element-wise'];

function traceOf(title: string, devices: number, operations: number): object {
  const each = 1000;
  const events = Array.from({ length: operations }, (_, index) => {
    const backward = index >= operations / 3;
    const kind = backward && index % 3 === 0 ? 'convolution gradient' : (kinds[index % 3] ?? 'other');
    return {
      name: 'op',
      ph: 'X',
      pid: 1,
      tid: index % devices,
      ts: Math.floor(index / devices) * each,
      dur: each * (kind.startsWith('convolution') ? 0.95 : 0.4),
      cat: `${backward ? 'backward' : 'forward'},${kind}`,
    };
  });
  return { traceEvents: [{ name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: title } }, ...events] };
}

/** Traces of the first timing job: its baseline and each layout. */
export function stepTraces(runs: string, plan: ExperimentPlan): void {
  const job = plan.jobs.find((candidate) => timing.is(candidate));
  if (job === undefined) throw new Error('the plan times nothing');
  const folder = join(runs, job.id);
  mkdirSync(folder, { recursive: true });
  job.rows.forEach(({ row, layout }) => {
    const trace = traceOf(`${row} ${layout.text}`, layout.devices, 300);
    writeFileSync(join(folder, `trace.${row.replace(/[^\w-]+/gu, '_')}.json`), JSON.stringify(trace));
  });
}
