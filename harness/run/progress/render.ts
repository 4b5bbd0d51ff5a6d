/** Draws a progress view as lines of at most a width: one line a job where there is room, two where there is not. */
import { bar, duration, fill, fit, roughly, stepTime } from './format.js';
import type { ProgressView, RunningJob } from './progress-model.js';

export interface Paint {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const sgr = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string) => text;
export const colours: Paint = { dim: sgr(2), bold: sgr(1), good: sgr(32), bad: sgr(31) };
export const noColours: Paint = { dim: plain, bold: plain, good: plain, bad: plain };

const wide = 120;
const barWidth = 16;

/** Lines of a view, at most `height` of them. */
export function renderProgress(view: ProgressView, width: number, height: number, paint: Paint): string[] {
  const oneLine = width >= wide;
  const room = Math.max(1, Math.floor((height - 3) / (oneLine ? 1 : 2)));
  const shown = view.running.slice(0, view.running.length <= room ? room : room - 1);
  const hidden = view.running.length - shown.length;
  return [
    '',
    ...shown.flatMap((job) => (oneLine ? wideJob(job, width, paint) : narrowJob(job, width, paint))),
    ...(hidden > 0 ? [paint.dim(fit(`  … and ${hidden} more`, width))] : []),
    summary(view, width, paint),
  ];
}

function wideJob(job: RunningJob, width: number, paint: Paint): string[] {
  const left = leftOf(job);
  const titleWidth = Math.min(64, Math.floor(width * 0.36));
  const title = fill(titleOf(job), titleWidth);
  const figures = fit(figuresOf(job), width - titleWidth - barWidth - left.length - 8);
  const gap = ' '.repeat(Math.max(1, width - titleWidth - barWidth - figures.length - left.length - 6));
  return [`  ${paint.bold(title)}  ${barOf(job, paint)}  ${figures}${gap}${paint.dim(left)}`];
}

function narrowJob(job: RunningJob, width: number, paint: Paint): string[] {
  const left = leftOf(job);
  const title = fill(titleOf(job), width - 2 - left.length - 2);
  const figures = fit(figuresOf(job), width - barWidth - 6);
  return [`  ${paint.bold(title)}  ${paint.dim(left)}`, `    ${barOf(job, paint)}  ${figures}`];
}

const titleOf = ({ job, attempt }: RunningJob): string =>
  attempt > 1 ? `${job.title} (attempt ${attempt})` : job.title;

function barOf({ progress }: RunningJob, paint: Paint): string {
  // Some kinds of work have nothing to count.
  if (progress.total === 0) return ' '.repeat(barWidth);
  const [done, rest] = bar(progress.done / progress.total, barWidth);
  return paint.good(done) + paint.dim(rest);
}

/** What the job does now, in figures. */
export function figuresOf({ progress }: Pick<RunningJob, 'progress'>): string {
  const { phase, done, total, unit, loss, errorPct, millisecondsPerStep, row } = progress;
  const counted = done > 0;
  const parts = [
    counted && (phase === 'training' || phase === 'timing' || phase === 'trying') ? '' : phaseWords[phase],
    counted ? `${unit === 'turn' ? 'turn ' : ''}${done}/${total}` : '',
    row ?? '',
    loss === null ? '' : `loss ${loss.toFixed(3)}`,
    errorPct === null ? '' : `error ${errorPct.toFixed(1)} %`,
    millisecondsPerStep === null ? '' : stepTime(millisecondsPerStep),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const phaseWords = {
  starting: 'starting',
  loading: 'loading images',
  compiling: 'tracing the graph',
  'warming-up': 'warming up',
  training: 'training',
  evaluating: 'evaluating',
  analysing: 'measuring weights',
  timing: 'timing',
  trying: 'trying',
  saving: 'saving',
} as const;

const leftOf = ({ seconds, secondsLeft }: RunningJob): string =>
  secondsLeft === null ? duration(seconds) : `${duration(secondsLeft)} left`;

export function summary(view: ProgressView, width: number, paint: Paint): string {
  const { done, total, failed, waiting, queued, elsewhere, seconds, secondsLeft, stopping } = view;
  const parts = [
    `${done} of ${total} jobs done`,
    failed > 0 ? `${failed} failed` : '',
    elsewhere > 0 ? `${elsewhere} run by another process` : '',
    queued > 0 ? `${queued} in the queue` : '',
    waiting > queued ? `${waiting - queued} waiting` : '',
    duration(seconds),
    stopping === null && secondsLeft !== null && secondsLeft > 0 ? `about ${roughly(secondsLeft)} left` : '',
  ].filter((part) => part !== '');
  if (stopping === 'gracefully') parts.push('stopping after a checkpoint; Ctrl-C again to stop at once');
  if (stopping === 'at once') parts.push('stopping');
  const text = fit(parts.join(' · '), width - 2);
  return `  ${failed > 0 ? paint.bad(text) : paint.dim(text)}`;
}
