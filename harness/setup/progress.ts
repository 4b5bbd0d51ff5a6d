/** What set-up says while it works, on standard error. */
import type { Problem } from '../core/problem.js';
import { TransferLine } from '../core/transfer-line.js';

export { formatBytes } from '../core/format-bytes.js';

export interface Progress {
  /** A step begins. */
  step(text: string): void;
  /** `done` of `total` bytes of the step's work. */
  bytes(label: string, done: number, total: number): void;
  warn(problem: Problem): void;
}

/** Progress for a person, drawn on `stream`. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr, now?: () => number): Progress {
  const line = new TransferLine(stream, now);
  return {
    step: (text) => {
      line.say(text);
    },
    warn: ({ message, code, hint }) => {
      line.say(`warning: ${message} [${code}]${hint === undefined ? '' : `\n  ${hint}`}`);
    },
    bytes: (label, done, total) => {
      line.show({ label: `  ${label}`, done, total });
    },
  };
}
