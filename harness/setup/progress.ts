/** What set-up says while it works: one line that grows on a terminal, now and then a line elsewhere; always standard error. */
import { formatBytes } from '../core/format-bytes.js';
import type { Problem } from '../problem.js';

export interface Progress {
  /** A step begins. */
  step(text: string): void;
  /** `done` of `total` bytes of the step's work. */
  bytes(label: string, done: number, total: number): void;
  warn(problem: Problem): void;
}

const plainInterval = 10_000;

/** Progress for a person, drawn on `stream`. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  let began = now();
  let label: string | undefined;
  let firstBytes = 0;
  let lastShown = 0;
  let lineOpen = false;
  const line = (text: string): void => {
    stream.write(`${lineOpen ? '\n' : ''}${text}\n`);
    lineOpen = false;
  };
  return {
    step: line,
    warn: (problem) => {
      line(`warning: ${problem.message} [${problem.code}]${problem.hint === undefined ? '' : `\n  ${problem.hint}`}`);
    },
    bytes(name, done, total) {
      const time = now();
      if (name !== label) {
        if (lineOpen) line('');
        label = name;
        began = time;
        firstBytes = done;
        lastShown = time;
      }
      const finished = done >= total;
      if (!finished && time - lastShown < (stream.isTTY ? 100 : plainInterval)) return;
      lastShown = time;
      const seconds = (time - began) / 1000;
      const speed = seconds > 0.5 ? (done - firstBytes) / seconds : 0;
      const left = !finished && speed > 0 ? `, ${Math.ceil((total - done) / speed)} s left` : '';
      const text = `  ${name}: ${formatBytes(done)} of ${formatBytes(total)}${speed > 0 ? `, ${formatBytes(speed)}/s${left}` : ''}`;
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, stream.columns - 1))}${finished ? '\n' : ''}`);
        lineOpen = !finished;
      } else line(text);
      if (finished) label = undefined;
    },
  };
}
