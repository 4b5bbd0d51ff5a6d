/** The worker's side of `events.jsonl`: appends whole lines, and mends what a killed attempt left. */
import { closeSync, truncateSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { Tell } from '../../store/events.js';
import { readJsonLines } from '../../core/files/json-lines.js';
import { openForAppending } from '../../core/files/open-regular.js';
import { readBytesIfThere } from '../../core/files/read-file.js';
import { writing } from '../../core/files/write-problem.js';

export class EventLog {
  readonly #path: string;
  readonly #attempt: number;
  readonly #file: number;

  constructor(path: string, attempt: number) {
    this.#path = path;
    this.#attempt = attempt;
    cutTornLine(path);
    this.#file = writing(path, () => openForAppending(path));
  }

  /**
   * Appends one line in one write, so that a reader never sees half of one unless the process dies in between.
   * @throws Problem DISK_FULL
   */
  readonly tell: Tell = (event) => {
    const line = `${JSON.stringify({ ...event, at: new Date().toISOString(), attempt: this.#attempt })}\n`;
    writing(this.#path, () => writeSync(this.#file, line));
  };

  close(): void {
    closeSync(this.#file);
  }
}

/** Of weeks of training, told a few times a second. */
const mostBytes = 1 << 30;

/** Cuts what follows the last newline: a line that its writer did not live to finish. */
export function cutTornLine(path: string): void {
  const bytes = readBytesIfThere(path, { limit: mostBytes });
  if (bytes === undefined) return;
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}

/**
 * Seconds of work that `events.jsonl` records, over all attempts: for each start of a worker, from its first event to its last
 * (a cluster may start one again within an attempt). Kept out of the checkpoint, whose bytes must not depend on how fast the
 * machine was.
 */
export function recordedSeconds(path: string): number {
  const spans: { attempt: number; first: number; last: number }[] = [];
  for (const { attempt, type, at } of readJsonLines(path, (value) => stampSchema.safeParse(value).data)) {
    const span = spans.findLast((one) => one.attempt === attempt);
    // A clock set back must not make time negative.
    if (span && type !== 'started') span.last = Math.max(span.last, at);
    else spans.push({ attempt, first: at, last: at });
  }
  return spans.reduce((seconds, { first, last }) => seconds + (last - first) / 1000, 0);
}

const stampSchema = z.object({
  attempt: z.number(),
  type: z.string(),
  at: z.string().transform((text) => Date.parse(text)),
});
