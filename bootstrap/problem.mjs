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

/**
 * Prints an expected failure as its message, code and hint, and anything else, which is a bug, with its stack.
 * @param {unknown} error
 */
export function printProblem(error) {
  if (error instanceof Error && error.name === 'Problem' && 'code' in error) {
    const hint = 'hint' in error && typeof error.hint === 'string' ? `\n  ${error.hint.replaceAll('\n', '\n  ')}` : '';
    process.stderr.write(`error: ${error.message} [${String(error.code)}]${hint}\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
