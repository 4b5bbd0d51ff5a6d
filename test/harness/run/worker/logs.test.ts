import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CsvLog } from '../../../../harness/kinds/csv-log.js';
import { EventLog, recordedSeconds } from '../../../../harness/run/worker/event-log.js';
import { emptyFolder } from '../../../support/run-folders.js';

const columns = ['step', 'loss'] as const;
const upTo = (last: number) => (field: string) => Number(field) <= last;

it('a CSV keeps the rows up to the checkpoint, and not the torn one', () => {
  const path = join(emptyFolder(), 'steps.csv');
  writeFileSync(path, 'step,loss\n1,2.3\n2,2.2\n3,2.1\n4,2.');
  const log = new CsvLog(path, columns, upTo(2));
  log.append(3, 2.15);
  log.sync();
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('step,loss\n1,2.3\n2,2.2\n3,2.15\n');
});

it('a CSV with other columns begins anew', () => {
  const path = join(emptyFolder(), 'steps.csv');
  writeFileSync(path, 'step,accuracy\n1,0.3\n');
  new CsvLog(path, columns, () => true).close();
  expect(readFileSync(path, 'utf8')).toBe('step,loss\n');
});

it('quotes what would break a row', () => {
  const path = join(emptyFolder(), 'rows.csv');
  const log = new CsvLog(path, ['row', 'milliseconds'], () => true);
  log.append('[F1, F2] "fast"', 3);
  log.flush();
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('row,milliseconds\n"[F1, F2] ""fast""",3\n');
});

it('an event log goes on after a torn line without joining it to the next', () => {
  const path = join(emptyFolder(), 'events.jsonl');
  const first = new EventLog(path, 1);
  first.tell({ type: 'checkpointed', step: 3 });
  first.close();
  appendFileSync(path, '{"type":"step","st');
  const second = new EventLog(path, 2);
  second.tell({ type: 'resumed', step: 3 });
  second.close();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { type: 'checkpointed', step: 3, attempt: 1 },
    { type: 'resumed', step: 3, attempt: 2 },
  ]);
});

it('adds up the seconds of all attempts, not the pauses between them, and bears a clock set back', () => {
  const path = join(emptyFolder(), 'events.jsonl');
  const at = (attempt: number, seconds: number) =>
    JSON.stringify({ type: 'phase', attempt, at: new Date(1_700_000_000_000 + seconds * 1000).toISOString() });
  writeFileSync(path, [at(1, 0), at(1, 10), at(2, 5000), at(2, 5007), at(3, 6000), at(3, 2), '{"torn'].join('\n'));
  expect(recordedSeconds(path)).toBe(17);
});
