/** Where in a text file a problem sits; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline. */
  readonly length: number;
  /** The text of that line. */
  readonly text: string;
}

/**
 * An expected failure: something the user, the machine or the network did. It is shown as its code, message and hint,
 * never as a stack trace. Anything else that is thrown is a bug.
 *
 * @example
 * ```js
 * const { openEngine, Problem } = await import('warpnet-tables/engine');
 * const problem = await openEngine({ devices: 'cpu:none' }).catch((error) => error);
 * console.log(problem instanceof Problem, problem.code); // true DEVICES_INVALID
 * ```
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    /** Stable, in capitals: `DATA_MISSING`, `DEVICES_TOO_FEW` … */
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
    readonly place?: Place,
  ) {
    super(message);
  }
}

/** Makes a switch over a union exhaustive. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`);
}
