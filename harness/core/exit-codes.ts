/** What the program says to the shell. */
export const exitCodes = {
  /** Done; cells that stay empty for a reason are fine. */
  done: 0,
  /** A wrong command line or configuration. */
  usage: 1,
  /** A number moved or fell short of what was asked of it (`report --check`, `--compare`). */
  fellShort: 1,
  /** At least one cell failed. */
  failed: 2,
  interrupted: 130,
} as const;
