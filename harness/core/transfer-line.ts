/** How far a transfer is: one line that is drawn over and over on a terminal; elsewhere a line every tenth of it. */
import { terminalColumns } from './terminal-columns.js';
import { formatBytes } from './format-bytes.js';

export interface Transfer {
  /** What is transferred. Another label begins anew. */
  readonly label: string;
  readonly done: number;
  /** Bytes in all; null where nobody knows. */
  readonly total: number | null;
}

type Stream = Pick<NodeJS.WritableStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const drawMilliseconds = 100;
/** Elsewhere than on a terminal: nothing is waited for in silence for longer. */
const longestSilence = 60_000;
/** Where the size is not known. */
const bytesPerLine = 10_000_000;
const clearLine = '\r\u001b[2K';

export class TransferLine {
  #label: string | null = null;
  #beganAt = 0;
  #beganWith = 0;
  #shownAt = -Infinity;
  #part = -1;
  #isOpen = false;

  constructor(
    private readonly stream: Stream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  show({ label, done, total }: Transfer): void {
    const time = this.now();
    if (label !== this.#label) this.#begin(label, done, time);
    const share = total === null || total === 0 ? null : done / total;
    const finished = share !== null && share >= 1;
    const part = Math.floor(share === null ? done / bytesPerLine : share * 10);
    const due = this.stream.isTTY
      ? finished || time - this.#shownAt >= drawMilliseconds
      : part !== this.#part || time - this.#shownAt >= longestSilence;
    if (!due) return;
    this.#shownAt = time;
    this.#part = part;
    const seconds = (time - this.#beganAt) / 1000;
    const speed = seconds > 0.5 ? (done - this.#beganWith) / seconds : 0;
    const size = total === null ? '' : ` of ${formatBytes(total)} (${Math.floor(100 * (share ?? 0))} %)`;
    const pace = speed > 0 ? ` at ${formatBytes(speed)}/s` : '';
    const left = speed > 0 && total !== null && !finished ? `, ${Math.ceil((total - done) / speed)} s left` : '';
    this.#draw(`${label}: ${formatBytes(done)}${size}${pace}${left}`, finished);
    if (finished) this.#label = null;
  }

  /** A line of its own, whatever is being drawn. */
  say(text: string): void {
    this.stream.write(`${this.#isOpen ? '\n' : ''}${text}\n`);
    this.#isOpen = false;
  }

  #begin(label: string, done: number, time: number): void {
    if (this.#isOpen) this.stream.write('\n');
    this.#isOpen = false;
    this.#label = label;
    this.#beganAt = time;
    this.#beganWith = done;
    this.#shownAt = -Infinity;
    this.#part = -1;
  }

  #draw(text: string, finished: boolean): void {
    const { isTTY } = this.stream;
    // 0 of a terminal that does not know.
    const columns = terminalColumns(this.stream);
    if (!isTTY) this.stream.write(`${text}\n`);
    else this.stream.write(`${clearLine}${text.slice(0, Math.max(20, columns - 1))}${finished ? '\n' : ''}`);
    this.#isOpen = isTTY === true && !finished;
  }
}
