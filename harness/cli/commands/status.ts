/** `reproduce status`: how the runs stand, also while another process works on them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveRegion, type OutputStream } from '../../run/progress/live-region.js';
import { bar, duration, fit } from '../../run/progress/format.js';
import { figuresOf } from '../../run/progress/render.js';
import type { RunState } from '../../store/state.js';
import { exitCodes } from '../../core/exit-codes.js';
import { statusOf, type JobStatus, type Running, type RunStatus } from '../../run/run-status.js';
import { command } from '../command.js';
import { experimentOptions, tables } from '../options/options.js';
import { runsAsked } from '../runs-asked.js';

export const statusCommand = command({
  positionals: tables,
  options: {
    ...experimentOptions,
    watch: { type: 'boolean', default: false, describe: 'Keep looking until nothing runs' },
  },
  run: async (args, surroundings) => {
    const { output, messages } = surroundings;
    const { store, ids, cluster } = await runsAsked(args, surroundings);
    const look = () => ids().map((id) => statusOf(id, store, cluster));
    if (args.json) output.write(`${JSON.stringify(asJson(look(), store.root), null, 2)}\n`);
    else if (args.watch && output.isTTY) await watch(look, output, messages);
    else output.write(`${asLines(look(), output.columns || 100).join('\n')}\n`);
    return exitCodes.done;
  },
});

const watchMilliseconds = 1000;

/** Redraws until nothing runs any more, or Ctrl-C. */
async function watch(look: () => RunStatus[], output: OutputStream, messages: OutputStream): Promise<void> {
  const region = new LiveRegion(output);
  const stop = new AbortController();
  const interrupt = () => {
    stop.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    for (;;) {
      const runs = look();
      region.draw(asLines(runs, region.width).slice(0, region.height - 1));
      if (!runs.some(({ state }) => state === 'running')) break;
      await sleep(watchMilliseconds, undefined, { signal: stop.signal });
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', interrupt);
    region.close();
  }
  messages.write(`${asLines(look(), output.columns || 100).join('\n')}\n`);
}

const states: readonly RunState[] = ['done', 'running', 'interrupted', 'failed', 'absent'];

function asLines(runs: readonly RunStatus[], width: number): string[] {
  const counts = states.flatMap((state) => {
    const count = runs.filter((run) => run.state === state).length;
    return count > 0 || state === 'done' ? [`${count} ${state === 'absent' ? 'not run' : state}`] : [];
  });
  const lines = [counts.join(', ')];
  for (const run of runs) {
    if (run.state === 'running') lines.push(...runningLines(run, width));
    if (run.state === 'failed' || run.state === 'interrupted') lines.push(fit(`  ${run.id}  ${titleOf(run)}`, width));
    if (run.state === 'interrupted') lines.push(fit('    interrupted; it goes on with the next run', width));
    if (run.failure)
      lines.push(fit(`    ${run.failure.message} [${run.failure.code}], attempt ${run.failure.attempt}`, width));
    if (run.failure?.hint) lines.push(fit(`    ${run.failure.hint}`, width));
  }
  return lines;
}

const titleOf = ({ job, id }: RunStatus): string => job?.title ?? id;

function runningLines(run: RunStatus, width: number): string[] {
  const lines = [fit(`  ${run.id}  ${titleOf(run)}`, width)];
  const { running } = run;
  if (!running) return lines;
  const who = `${running.devices}, ${running.job === null ? processOf(running) : jobOf(running.job)}`;
  const { progress, secondsLeft } = running;
  if (progress) {
    const left = secondsLeft === null ? '' : `  ${duration(secondsLeft)} left`;
    const share = progress.total > 0 ? progress.done / progress.total : 0;
    lines.push(fit(`    ${bar(share, 16).join('')}  ${figuresOf({ progress })}${left}`, width));
  }
  lines.push(fit(`    ${who}`, width));
  if (running.job?.obstacle) lines.push(fit(`    ${running.job.obstacle}`, width));
  return lines;
}

const processOf = ({ pid, host, orphaned }: Running): string =>
  `process ${pid ?? '?'} on ${host}${orphaned ? ', without a scheduler' : ''}`;

function jobOf({ name, id, state, reason, node }: JobStatus): string {
  if (id === null) return `job ${name}, of which Slurm does not tell`;
  if (node !== '') return `job ${id} on ${node}, ${state.toLowerCase()}`;
  return `job ${id}, ${state.toLowerCase()}${reason === '' || reason === 'None' ? '' : ` (${reason})`}`;
}

function asJson(runs: readonly RunStatus[], folder: string): unknown {
  return {
    folder,
    counts: Object.fromEntries(states.map((state) => [state, runs.filter((run) => run.state === state).length])),
    runs: runs.map(({ id, job, state, running, failure }) => ({
      id,
      title: job?.title ?? null,
      state,
      running,
      failure,
    })),
  };
}
