/** Why a place has no number, for the reader and for the count of reasons. */
import { unreachable } from '../../core/problem.js';
import { absenceSentence, type NotRun } from '../../plan/not-run.js';
import type { Failure } from '../../store/failure.js';
import { withoutPaths } from '../words.js';
import type { ReasonCode } from '../verdict/vocabulary.js';

export const notYet = 'Not run yet; the same command goes on where it stopped.';

/** One sentence on a failure, with the last line of its log. */
export function describeFailure(failure: Failure): string {
  const last = failure.logTail.findLast((line) => line.trim() !== '');
  const attempts = failure.attempt > 1 ? ` after ${failure.attempt} attempts` : '';
  const log = last === undefined ? '' : ` Last line of the log: ${last.trim().slice(0, 200)}`;
  return withoutPaths(`Failed${attempts} (${failure.code}): ${failure.message.replace(/\.?$/, '.')}${log}`);
}

function codeOf({ code }: NotRun): ReasonCode {
  switch (code) {
    case 'CITED':
      return 'quoted';
    case 'EXCLUDED':
    case 'NOT_IN_TABLE':
      return 'left-out';
    case 'NOT_IN_PROFILE':
    case 'OTHER_PROTOCOLS':
    case 'BATCH_PROJECTED':
      return 'time';
    case 'DATA_MISSING':
    case 'IMAGES_TOO_FEW':
      return 'data-not-here';
    case 'DEVICES_TOO_FEW':
    case 'MEMORY_TOO_SMALL':
    case 'OPERATIONS_TOO_LARGE':
    case 'NO_PROFILE':
      return 'device-not-here';
    case 'NO_COMPARISON':
      return 'by-definition';
    default:
      return unreachable(code);
  }
}

/** The code with its footnote. A table that does not show a quantity owes no footnote for its absence. */
export const absenceOf = (why: NotRun): { readonly absence: ReasonCode; readonly notes: readonly string[] } => ({
  absence: codeOf(why),
  notes: why.code === 'NOT_IN_TABLE' ? [] : [withoutPaths(absenceSentence(why))],
});
