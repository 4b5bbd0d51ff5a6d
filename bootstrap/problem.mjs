/** An expected failure before the compiled program can be loaded: the same shape as the program's own `Problem`. */
export class BootstrapProblem extends Error {
  /** @override */
  name = 'Problem';
  /**
   * @param {string} code stable, in capitals
   * @param {string} message what happened
   * @param {string} hint the way out
   */
  constructor(code, message, hint) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

const refusedHint =
  'Give yourself the right to write there, make room, or clone the project to a folder of yours. WARPNET_SKIP_SETUP=1 takes packages and compiled sources as they are.';

/**
 * Prints an expected failure as its message, the way out and its code, as the program does; anything else is a bug and shows its stack.
 * @param {unknown} error
 */
export function printProblem(error) {
  if (error instanceof Error && error.name === 'Problem' && 'code' in error) {
    const hint = 'hint' in error && typeof error.hint === 'string' ? `\n${error.hint}` : '';
    process.stderr.write(`${error.message}${hint} [${String(error.code)}]\n`);
  } else if (error instanceof Error && 'syscall' in error && 'code' in error) {
    // What the system refuses is no bug: a clone of another user, a read-only or full disk.
    process.stderr.write(`${error.message}\n${refusedHint} [SYSTEM_REFUSED]\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
