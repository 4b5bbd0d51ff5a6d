/** The lines that stay: what ended, failed, or was found, in a sentence each. */
import { kindOf } from '../../kinds/index.js';
import type { JobProgress } from './job-progress.js';
import { duration, fit, roughly, stepTime, wrap } from './format.js';
import type { Paint } from './render.js';
import type { ScheduleEvent } from '../schedule/schedule-event.js';

/** What to say of an event, in lines of at most `width`; nothing for events that only change the picture. */
export function newsOf(
  event: ScheduleEvent,
  progress: JobProgress | undefined,
  paint: Paint,
  width = Infinity,
): readonly string[] {
  switch (event.type) {
    case 'reused':
    case 'queued':
    case 'started':
      return [];
    case 'adopted':
      return remark(
        event.queueJob === null
          ? `${event.job.title}: goes on under a worker that a killed run left behind`
          : `${event.job.title}: was submitted before, and goes on as job ${event.queueJob}`,
        paint,
        width,
      );
    case 'elsewhere':
      return remark(`${event.job.title}: ${event.holder} works on it; waiting for its result`, paint, width);
    case 'done': {
      const outcome = `${outcomeOf(progress)}  ${duration(event.seconds)}`;
      const title = fit(event.job.title, Math.max(20, width - outcome.length - 2));
      const troubles = [...disturbance(progress, paint, width), ...throttling(progress, paint, width)];
      return [`${paint.good('✓')} ${title}${paint.dim(outcome)}`, ...troubles];
    }
    case 'failed': {
      const { failure, willRetryInSeconds } = event;
      const retry = willRetryInSeconds === null ? '' : `; another attempt in ${roughly(willRetryInSeconds)}`;
      const [first = '', ...more] = wrap(
        `${event.job.title}: ${failure.message} [${failure.code}]${retry}`,
        width - 2,
        '    ',
      );
      const hint = failure.hint === null || retry !== '' ? [] : wrap(`    ${failure.hint}`, width, '    ');
      return [`${paint.bad('✗')} ${first}`, ...more, ...hint];
    }
    case 'stopped':
      return remark(`${event.job.title}: stopped; ${kindOf(event.job).whenStopped}`, paint, width);
    case 'stopping':
      return [
        event.atOnce ? 'Stopping at once.' : 'Stopping: the running jobs finish their step and write a checkpoint.',
      ];
    case 'occupied':
      return remark(
        `${event.slots.join(', ')} ${event.slots.length === 1 ? 'is' : 'are'} in use by ${event.by}; waiting`,
        paint,
        width,
      );
    case 'found':
      return remark(event.message, paint, width, paint.good('▸'));
    case 'warning':
      return [`${paint.bad('!')} ${event.message}`];
  }
}

function remark(text: string, paint: Paint, width: number, sign = paint.dim('·')): string[] {
  const [first = '', ...more] = wrap(text, width - 2, '    ');
  return [`${sign} ${first}`, ...more];
}

function disturbance(progress: JobProgress | undefined, paint: Paint, width: number): string[] {
  if (!progress || progress.otherLoad === null) return [];
  const share = Math.round(100 * progress.otherLoad);
  return remark(
    `other processes took ${share} % of the cores meanwhile, which distorts the times`,
    paint,
    width,
    paint.bad('!'),
  );
}

function throttling(progress: JobProgress | undefined, paint: Paint, width: number): string[] {
  if (!progress || progress.throttled.length === 0) return [];
  const text = `the cards were slowed down while it was timed (${progress.throttled.join(', ')})`;
  return remark(text, paint, width, paint.bad('!'));
}

function outcomeOf(progress: JobProgress | undefined): string {
  if (!progress) return '';
  if (progress.errorPct !== null) return `  error ${progress.errorPct.toFixed(2)} %`;
  return progress.millisecondsPerStep === null ? '' : `  ${stepTime(progress.millisecondsPerStep)}`;
}
