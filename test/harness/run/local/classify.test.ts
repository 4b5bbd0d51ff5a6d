import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../harness/store/failure.js';
import { classify, type Evidence } from '../../../../harness/run/local/classify.js';
import type { JobEnd } from '../../../../harness/run/local/executor.js';
import { backoff, worthRetrying } from '../../../../harness/run/schedule/policy.js';
import { warpnetFolder } from '../../../support/papers.js';

const ended = (changes: Partial<JobEnd>): JobEnd => ({
  exitCode: null,
  signal: null,
  notStarted: null,
  outOfMemoryKill: false,
  ...changes,
});
const evidence = (changes: Partial<Evidence>): Evidence => ({
  end: ended({ exitCode: 1 }),
  reported: null,
  killed: null,
  limitSeconds: 60,
  logTail: [],
  attempt: 2,
  at: '2000-01-01T00:00:00.000Z',
  ...changes,
});
const reported: Failure = {
  kind: 'diverged',
  code: 'LOSS_DIVERGED',
  message: 'the loss is NaN',
  hint: null,
  exitCode: null,
  signal: null,
  logTail: [],
  at: '',
  attempt: 2,
};

describe('a failure is told apart', () => {
  it.each<[string, Partial<Evidence>, string, string]>([
    ['an exit code', { end: ended({ exitCode: 7 }) }, 'exit', 'EXIT'],
    ['success without a result', { end: ended({ exitCode: 0 }) }, 'exit', 'RESULT_MISSING'],
    ['an end that nobody saw', { end: ended({}) }, 'exit', 'ENDED_UNSEEN'],
    ['a signal', { end: ended({ signal: 'SIGSEGV' }) }, 'signal', 'SIGSEGV'],
    ['a kill', { end: ended({ signal: 'SIGKILL' }) }, 'signal', 'SIGKILL'],
    [
      'a kill while the kernel ran out of memory',
      { end: ended({ signal: 'SIGKILL', outOfMemoryKill: true }) },
      'out-of-memory',
      'OUT_OF_MEMORY',
    ],
    [
      'another signal while the kernel ran out of memory',
      { end: ended({ signal: 'SIGSEGV', outOfMemoryKill: true }) },
      'signal',
      'SIGSEGV',
    ],
    [
      'TensorFlow out of memory',
      { logTail: ['OOM when allocating tensor with shape[16,64,32,32]'] },
      'out-of-memory',
      'OUT_OF_MEMORY',
    ],
    [
      'a GPU out of memory that calls it an internal error',
      { logTail: ['INTERNAL: Dst tensor is not initialized.'] },
      'out-of-memory',
      'OUT_OF_MEMORY',
    ],
    [
      'Node out of memory',
      {
        end: ended({ signal: 'SIGABRT' }),
        logTail: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
      },
      'out-of-memory',
      'OUT_OF_MEMORY',
    ],
    [
      'a lost GPU',
      { logTail: ['CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered'] },
      'device-lost',
      'DEVICE_LOST',
    ],
    [
      'a GPU off the bus',
      { end: ended({ signal: 'SIGABRT' }), logTail: ['NVRM: Xid (PCI:0000:3b:00): 79, GPU has fallen off the bus.'] },
      'device-lost',
      'DEVICE_LOST',
    ],
    ['its own report', { end: ended({ exitCode: 3 }), reported }, 'diverged', 'LOSS_DIVERGED'],
    [
      'a report of an earlier attempt, which does not count',
      { end: ended({ exitCode: 3 }), reported: { ...reported, attempt: 1 } },
      'exit',
      'EXIT',
    ],
    ['a timeout', { end: ended({ signal: 'SIGKILL' }), killed: 'timeout' }, 'timeout', 'TIMEOUT'],
    ['silence', { end: ended({ exitCode: 130 }), killed: 'silence' }, 'timeout', 'SILENT'],
    ['a worker that never was', { end: ended({ notStarted: 'spawn ENOENT' }) }, 'not-started', 'NOT_STARTED'],
  ])('%s', (_, changes, kind, code) => {
    expect(classify(evidence(changes))).toMatchObject({ kind, code, attempt: 2 });
  });

  it('and kept with its circumstances and the tail of the log', () => {
    const { message, exitCode, logTail } = classify(evidence({ end: ended({ exitCode: 7 }), logTail: ['one', 'two'] }));
    expect({ message, exitCode, logTail }).toEqual({
      message: 'It ended with exit code 7',
      exitCode: 7,
      logTail: ['one', 'two'],
    });
  });
});

describe('another attempt', () => {
  it.each([
    ['diverged', false],
    ['problem', false],
    ['out-of-memory', true],
    ['device-lost', true],
    ['signal', true],
    ['timeout', true],
  ] as const)('after "%s" is worth it: %s', (kind, worth) => {
    expect(worthRetrying({ ...reported, kind })).toBe(worth);
  });

  it('waits twice as long each time', () => {
    expect([1, 2, 3].map((tries) => backoff(warpnetFolder().profile('paper').policy, tries))).toEqual([30, 60, 120]);
  });
});
