/** The lines that stay: what ended, failed, or was found, in a sentence each. */
import type { CellProgress } from './cell-progress.js';
import { duration, roughly, stepTime } from './format.js';
import type { Paint } from './render.js';
import type { ScheduleEvent } from '../schedule-event.js';

/** A line for the log, or null for events that only change the picture. */
export function newsOf(event: ScheduleEvent, progress: CellProgress | undefined, paint: Paint): string | null {
  switch (event.type) {
    case 'reused':
    case 'started':
      return null;
    case 'adopted':
      return `${paint.dim('·')} ${event.cell.title}: goes on under a worker that a killed run left behind`;
    case 'elsewhere':
      return `${paint.dim('·')} ${event.cell.title}: ${event.holder} works on it; waiting for its result`;
    case 'done':
      return `${paint.good('✓')} ${event.cell.title}${outcomeOf(progress)}  ${paint.dim(duration(event.seconds))}`;
    case 'failed': {
      const retry =
        event.willRetryInSeconds === null ? '' : `; another attempt in ${roughly(event.willRetryInSeconds)}`;
      const hint = event.failure.hint === null || retry !== '' ? '' : `\n  ${event.failure.hint}`;
      return `${paint.bad('✗')} ${event.cell.title}: ${event.failure.message} [${event.failure.code}]${retry}${hint}`;
    }
    case 'stopped':
      return `${paint.dim('·')} ${event.cell.title}: stopped; it will go on from its last checkpoint`;
    case 'stopping':
      return event.atOnce
        ? 'Stopping at once.'
        : 'Stopping: the running cells finish their step and write a checkpoint.';
    case 'occupied':
      return `${paint.dim('·')} ${event.slots.join(', ')} ${event.slots.length === 1 ? 'is' : 'are'} in use by ${event.by}; waiting`;
    case 'warning':
      return `${paint.bad('!')} ${event.message}`;
  }
}

function outcomeOf(progress: CellProgress | undefined): string {
  if (!progress) return '';
  if (progress.errorPct !== null) return `  error ${progress.errorPct.toFixed(2)} %`;
  return progress.millisecondsPerStep === null ? '' : `  ${stepTime(progress.millisecondsPerStep)}`;
}
