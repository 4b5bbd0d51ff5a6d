import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../../../harness/store/events.js';
import type { Failure } from '../../../../harness/store/failure.js';
import { after, initialProgress } from '../../../../harness/run/progress/job-progress.js';
import { newsOf } from '../../../../harness/run/progress/news.js';
import { LiveRegion } from '../../../../harness/run/progress/live-region.js';
import { bar, bytes, duration, fill, fit, roughly, stepTime, wrap } from '../../../../harness/run/progress/format.js';
import { ProgressModel } from '../../../../harness/run/progress/progress-model.js';
import { noColours, renderProgress } from '../../../../harness/run/progress/render.js';
import { operationsJob } from '../../../support/jobs.js';
import { trainingJob, timingJob } from '../schedule/jobs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'progress-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Told = WorkerEvent extends infer E ? (E extends WorkerEvent ? Omit<E, 'at'> : never) : never;

function tell(id: string, ...events: Told[]): void {
  mkdirSync(join(folder, id), { recursive: true });
  for (const event of events)
    appendFileSync(join(folder, id, 'events.jsonl'), `${JSON.stringify({ ...event, at: '2000-01-01T00:00:00Z' })}\n`);
}

const step = (n: number, attempt = 1): Told => ({
  type: 'step',
  step: n,
  steps: 3,
  loss: 1 / n,
  learningRate: 0.1,
  millisecondsPerStep: 50,
  attempt,
});

describe('the picture', () => {
  let now = 0;
  const started = (id: string, attempt = 1) =>
    ({
      type: 'started',
      job: id === 't' ? timingJob('t') : trainingJob(id),
      folder: join(folder, id),
      attempt,
      devices: 'cpu:1',
    }) as const;
  const modelOf = (...ids: string[]) => {
    now = 0;
    return new ProgressModel(
      ids.map((id) => (id === 't' ? timingJob('t') : trainingJob(id))),
      () => 100,
      2,
      () => now,
    );
  };

  it('shows each running job with its step, loss, error, speed and time left', () => {
    const model = modelOf('a', 'b');
    model.tell(started('a'));
    tell('a', step(1));
    model.read();
    now = 10;
    tell('a', { type: 'evaluated', step: 2, epoch: 1, errorPct: 33.33, top5ErrorPct: 3, attempt: 1 }, step(2));
    model.read();
    const text = renderProgress(model.view(), 79, 24, noColours).join('\n');
    expect(text).toContain('WRN-13-1 on synthetic, a');
    expect(text).toContain('2/3  loss 0.500  error 33.3 %  50 ms/step');
    // One step took ten seconds; one is left.
    expect(text).toContain('0:10 left');
    expect(text).toContain('0 of 2 jobs done · 1 waiting');
  });

  it('counts what is done, failed and waits for another attempt', () => {
    const model = modelOf('a', 'b', 'c');
    const failure: Failure = {
      kind: 'exit',
      code: 'EXIT',
      message: '',
      hint: null,
      exitCode: 1,
      signal: null,
      logTail: [],
      at: '',
      attempt: 1,
    };
    model.tell({ type: 'reused', job: trainingJob('a') });
    model.tell(started('b'));
    model.tell({ type: 'failed', job: trainingJob('b'), failure, willRetryInSeconds: 1 });
    model.tell({ type: 'failed', job: trainingJob('c'), failure, willRetryInSeconds: null });
    expect(model.view()).toMatchObject({ total: 3, done: 1, failed: 1, waiting: 1, running: [] });
  });

  it('takes no notice of what an earlier attempt told', () => {
    const model = modelOf('a');
    tell('a', step(3, 1));
    model.tell(started('a', 2));
    tell('a', step(1, 2));
    model.read();
    expect(model.view().running[0]?.progress.done).toBe(1);
  });

  it('follows a timing job turn by turn', () => {
    const model = modelOf('t');
    model.tell(started('t'));
    tell('t', { type: 'timed', row: 'baseline', round: 1, rounds: 1, milliseconds: [20, 40], attempt: 1 });
    model.read();
    expect(renderProgress(model.view(), 79, 24, noColours).join('\n')).toContain('turn 1/1  baseline  30 ms/step');
  });

  it('shows no empty bar where operations are timed and there are no turns', () => {
    const job = operationsJob({ id: 't' });
    const model = new ProgressModel(
      [job],
      () => 100,
      1,
      () => now,
    );
    model.tell({ ...started('t'), job });
    expect(renderProgress(model.view(), 79, 24, noColours).join('\n')).not.toMatch(/[░▱─━█]/u);
  });

  it('says in the line of a timing that ended that others used the cores', () => {
    const job = timingJob('t');
    const quiet = initialProgress(job);
    const disturbed = after(quiet, { type: 'disturbed', otherLoad: 0.312, at: '', attempt: 1 }, 0);
    const done = { type: 'done', job, seconds: 5 } as const;
    expect(newsOf(done, quiet, noColours)).toHaveLength(1);
    const lines = newsOf(done, disturbed, noColours, 79);
    expect(lines.join(' ').replace(/\s+/gu, ' ')).toMatch(/other processes took 31 % of the cores meanwhile/u);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(79);
  });

  it.each([40, 79, 120, 199])('fits %d columns and a low terminal', (width) => {
    const ids = Array.from({ length: 30 }, (_, i) => `job ${i} with quite a long title that has to be cut somewhere`);
    const model = modelOf(...ids);
    for (const id of ids) model.tell(started(id));
    const lines = renderProgress(model.view(), width, 12, noColours);
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toMatch(/… and \d+ more/);
  });
});

/** A terminal that understands what the live region writes: the rows that a person would see. */
class Screen {
  readonly lines: string[] = [''];
  #row = 0;
  #column = 0;
  constructor(readonly columns: number) {}

  write(text: string): boolean {
    for (const [token] of text.matchAll(/\u001b\[(\??[0-9;]*)([A-Za-z])|[^\u001b]/gu)) this.#token(token);
    return true;
  }

  #token(token: string): void {
    const code = /^\u001b\[(\??[0-9;]*)([A-Za-z])$/.exec(token);
    if (code?.[2] === 'A') this.#row -= Number(code[1]);
    else if (code?.[2] === 'K') this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
    else if (code?.[2] === 'J') {
      this.lines.length = this.#row + 1;
      this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
    } else if (token === '\r') this.#column = 0;
    else if (token === '\n') {
      this.#row++;
      this.#column = 0;
      this.lines[this.#row] ??= '';
    } else if (!code) {
      if (this.#column === this.columns) this.#token('\n');
      const row = (this.lines[this.#row] ?? '').padEnd(this.#column);
      this.lines[this.#row] = row.slice(0, this.#column) + token + row.slice(this.#column + 1);
      this.#column++;
    }
    if (this.#row < 0) throw new Error('moved above the first row');
  }
}

describe('the live region', () => {
  it('is redrawn in place, whatever its height', () => {
    const screen = new Screen(40);
    const region = new LiveRegion(screen);
    region.draw(['one', 'two', 'three']);
    region.draw(['1', '2']);
    expect(screen.lines).toEqual(['1', '2', '']);
    region.draw(['one', 'two', 'three', 'four']);
    expect(screen.lines).toEqual(['one', 'two', 'three', 'four', '']);
  });

  it('is never broken by a log line: that goes above, whole', () => {
    const screen = new Screen(40);
    const region = new LiveRegion(screen);
    region.draw(['progress']);
    region.above('a line\n');
    region.above('half a ');
    expect(screen.lines).toEqual(['a line', 'progress', '']);
    region.draw(['more progress']);
    region.above('line\nand another\n');
    expect(screen.lines).toEqual(['a line', 'half a line', 'and another', 'more progress', '']);
  });

  it('keeps to its place after the terminal was narrowed and has wrapped it', () => {
    const screen = new Screen(40);
    const region = new LiveRegion(screen);
    region.above('above\n');
    region.draw(['x'.repeat(30), 'y'.repeat(30)]);
    const narrow = new Screen(20);
    narrow.write(`above\n${'x'.repeat(30)}\n${'y'.repeat(30)}\n`);
    Object.assign(screen, { columns: 20, write: (text: string) => narrow.write(text) });
    region.draw(['short']);
    expect(narrow.lines).toEqual(['above', 'short', '']);
  });

  it('keeps to its place on a terminal that says it has no columns', () => {
    const screen = new Screen(80);
    const region = new LiveRegion({ columns: 0, write: (text) => screen.write(text) });
    region.above('above\n');
    region.draw(['one', 'two']);
    region.draw(['three']);
    expect(screen.lines).toEqual(['above', 'three', '']);
  });

  it('leaves nothing but what was said, and an unfinished line', () => {
    const screen = new Screen(40);
    const region = new LiveRegion(screen);
    region.draw(['progress']);
    region.above('said\nunfinished');
    region.close();
    region.draw(['never']);
    expect(screen.lines).toEqual(['said', 'unfinished', '']);
  });
});

describe('words for figures', () => {
  it.each([
    [7, '0:07'],
    [760, '12:40'],
    [11_100, '3:05:00'],
    [360_000, '4 d 4 h'],
    [-5, '0:00'],
  ])('%d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    [0, '1 s'],
    [40, '40 s'],
    [400, '7 min'],
    [10_000, '3 h'],
    [345_600, '4 days'],
  ])('%d s is about %s', (seconds, text) => {
    expect(roughly(seconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_234_000, '1.2 MB'],
    [25e9, '25 GB'],
  ])('%d bytes are %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  it('counts columns of the terminal, not characters: a wide character takes two', () => {
    expect(fit('層を分ける層を分ける', 9)).toBe('層を分け…');
    expect(fill('層', 4)).toBe('層  ');
    expect(fill('WRN-13-1', 4)).toBe('WRN…');
  });

  it('cuts text and takes control characters out of it', () => {
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('a\u001b[31mb\nc', 20)).toBe('a [31mb c');
    expect(stepTime(1300)).toBe('1.30 s/step');
    expect(bar(0.5, 4)).toEqual(['━━', '──']);
    expect(bar(2, 4)).toEqual(['━━━━', '']);
    expect(wrap('one two three', 8)).toEqual(['one two', '  three']);
  });
});
