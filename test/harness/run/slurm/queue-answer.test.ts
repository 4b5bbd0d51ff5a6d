import { describe, expect, it } from 'vitest';
import {
  hasEnded,
  isRunning,
  parseSacct,
  parseSqueue,
  squeueArguments,
} from '../../../../harness/run/slurm/queue/queue-answer.js';

const name = 'reproduce-0123456789ab';
/** A line as squeue 22.05 prints it with these widths. */
const line = (...fields: string[]) =>
  [26, 20, 12, 24, 14, 24, 60, 80].map((width, index) => (fields[index] ?? '').padEnd(width).slice(0, width)).join('');

describe('squeue', () => {
  it('is asked once for all jobs of a user, also those that ended lately', () => {
    const [...args] = squeueArguments('ann');
    expect(args).toEqual(expect.arrayContaining(['--states=all', '--array', '--user=ann']));
  });

  it.each([
    [line(name, '1', '0', 'FAILED', '768', '2026-11-21T21:56:44', 'n0', 'NonZeroExitCode'), 'FAILED', 3, null, true],
    [line(name, '1', '1', 'FAILED', '9', '2026-11-21T21:56:44', 'n0', 'JobLaunchFailure'), 'FAILED', null, 9, true],
    [line(name, '1', '2', 'PENDING', '0', 'N/A', '', 'JobArrayTaskLimit'), 'PENDING', 0, null, false],
    [line(name, '3', '0', 'RUNNING', '0', '2026-11-21T22:56:44', 'n0', 'None'), 'RUNNING', 0, null, false],
    [line(name, '3', '0', 'COMPLETING', '0', '2026-11-21T22:56:44', 'n0', 'None'), 'COMPLETING', 0, null, false],
    [line(name, '4', '0', 'TIMEOUT', '0:15', '2026-11-21T22:56:44', 'n0', 'TimeLimit'), 'TIMEOUT', null, 15, true],
    [line(name, '5', '0', 'COMPLETED', '0:0', '2026-11-21T22:56:44', 'n0', 'None'), 'COMPLETED', 0, null, true],
  ])('%#: says how a job stands', (text, state, exitCode, signal, ended) => {
    const [job] = parseSqueue(text);
    expect(job).toMatchObject({ name, state, exitCode, signal });
    expect(job && hasEnded(job)).toBe(ended);
  });

  it('tells a task by its array, and when it ended', () => {
    const [job] = parseSqueue(line(name, '17', '3', 'COMPLETED', '0', '2026-11-21T21:56:44', 'node[1-2]', 'None'));
    expect(job).toMatchObject({ task: 3, id: '17_3', node: 'node[1-2]', reason: 'None' });
    expect(job?.endsAt).toBe(new Date('2026-11-21T21:56:44').getTime());
    expect(job && isRunning(job)).toBe(false);
  });

  it.each([
    ['other jobs', line('a b|c', '2', 'N/A', 'RUNNING', '0', 'N/A', 'n0', 'None')],
    ['a job of ours that is no array', line(name, '2', 'N/A', 'RUNNING', '0', 'N/A', 'n0', 'None')],
    ['an empty answer', ''],
    ['a name of many bytes', line('Müller-ü', '2', '1', 'RUNNING', '0', 'N/A', 'n0', 'None')],
  ])('leaves out %s', (_, text) => {
    expect(parseSqueue(text)).toEqual([]);
  });
});

it('reads what slurmdbd has kept', () => {
  const text = [
    `${name}|17_3|CANCELLED by 1000|0:15|2026-11-21T21:56:44|n0`,
    `${name}|17_4|OUT_OF_MEMORY|0:125|2026-11-21T21:56:44|n0`,
    `${name}|17_[5-9]|PENDING|0:0|Unknown|None assigned`,
    `else|18|COMPLETED|0:0|2026-11-21T21:56:44|n0`,
  ].join('\n');
  expect(parseSacct(text)).toMatchObject([
    { name, task: 3, id: '17_3', state: 'CANCELLED', signal: 15 },
    { name, task: 4, state: 'OUT_OF_MEMORY' },
  ]);
});
