/**
 * The last lines of a terminal, redrawn in place. Whatever else is written to the terminal meanwhile goes above them, whole
 * lines at a time, so that neither breaks the other.
 */
import stringWidth from 'string-width';
import { terminalColumns } from '../../core/terminal-columns.js';

/** What is known of a terminal, if it is one. */
interface TerminalSize {
  readonly columns?: number;
  readonly rows?: number;
}

/** A stream that may be a terminal. */
export type OutputStream = NodeJS.WritableStream & TerminalSize & { readonly isTTY?: boolean };

export interface Terminal extends TerminalSize {
  write(text: string): boolean;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
/** Terminals that know it show the frame at once; others take no notice. */
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export class LiveRegion {
  /** What is drawn now; the cursor is at the start of the line below it. */
  #drawn: readonly string[] = [];
  #closed = false;
  /** The begin of a foreign line that has not ended. */
  #pending = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly write: (text: string) => void = (text) => void terminal.write(text),
  ) {}

  get width(): number {
    // One less, so that a full line never wraps.
    return Math.max(20, terminalColumns(this.terminal) - 1);
  }

  get height(): number {
    return Math.max(4, this.terminal.rows || 24);
  }

  draw(lines: readonly string[]): void {
    if (this.#closed) return;
    const body = lines.map((line) => `${line}${clearLine}\n`).join('');
    this.write(`${beginFrame}${hideCursor}${this.#toTop()}${body}${clearBelow}${endFrame}`);
    this.#drawn = [...lines];
  }

  /** Writes text above the region; a line that has not ended waits for its end. */
  above(text: string): void {
    const whole = this.#pending + text;
    const end = whole.lastIndexOf('\n') + 1;
    this.#pending = whole.slice(end);
    if (end === 0) return;
    const lines = this.#drawn.map((line) => `${line}${clearLine}\n`).join('');
    const foreign = whole.slice(0, end).replaceAll('\n', `${clearLine}\n`);
    this.write(`${beginFrame}${this.#toTop()}${foreign}${lines}${clearBelow}${endFrame}`);
  }

  /** Takes the region away and gives the terminal back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const rest = this.#pending === '' ? '' : `${this.#pending}\n`;
    this.write(`${this.#toTop()}${clearBelow}${rest}${showCursor}`);
    this.#drawn = [];
  }

  /** Moves to the first drawn row. Rows are counted at today's width: a narrowed terminal has wrapped what was drawn. */
  #toTop(): string {
    const columns = terminalColumns(this.terminal);
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
    return rows > 0 ? `\r\u001b[${rows}A` : '\r';
  }
}

/** Sends what anything writes to these streams above the region, until the returned function is called. */
export function divert(streams: readonly NodeJS.WriteStream[], region: LiveRegion): () => void {
  const restore = streams.map((stream) => {
    const before = Object.getOwnPropertyDescriptor(stream, 'write');
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      region.above(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    return () => {
      // As a rule `write` is the prototype's, and ours only hid it.
      if (before) Object.defineProperty(stream, 'write', before);
      else Reflect.deleteProperty(stream, 'write');
    };
  });
  return () => {
    for (const undo of restore) undo();
  };
}
