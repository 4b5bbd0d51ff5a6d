import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readBytes, readTextFile } from '../../../../harness/core/files/read-file.js';
import { Problem } from '../../../../harness/core/problem.js';

const folder = mkdtempSync(join(tmpdir(), 'read-file-'));
const file = join(folder, 'file.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const written = (content: string | Uint8Array): string => {
  writeFileSync(file, content);
  return file;
};

function problemOf(path: string, limit = 100): Problem {
  try {
    readTextFile(path, { limit });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a file is read', () => {
  it('whole, without a byte order mark', () => {
    expect(readTextFile(written('\uFEFFtitle: größer\r\n'), { limit: 100 })).toBe('title: größer\r\n');
    expect(readTextFile(written(''), { limit: 100 })).toBe('');
  });

  it('up to its limit, and no further', () => {
    expect(readBytes(written('x'.repeat(100)), { limit: 100 })).toHaveLength(100);
    expect(problemOf(written('x'.repeat(101)))).toMatchObject({ code: 'FILE_TOO_LARGE' });
  });

  it('though its size is said to be 0, as in /proc', () => {
    expect(readTextFile('/proc/self/status', { limit: 1e6 })).toContain('\nPid:');
    expect(problemOf('/proc/self/status')).toMatchObject({ code: 'FILE_TOO_LARGE' });
  });
});

describe('what is no regular file is refused without waiting', () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  it.each([
    ['a FIFO', fifo, 'fifo cannot be read: it is not a regular file'],
    ['an endless device', '/dev/zero', '/dev/zero cannot be read: it is not a regular file'],
    ['a folder', folder, 'cannot be read: it is a folder'],
    ['nothing', join(folder, 'none'), 'none cannot be read: there is no such file'],
  ])('%s', (_, path, message) => {
    expect(problemOf(path)).toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(problemOf(path).message).toContain(message);
  });
});

describe('another encoding is named with the place where it shows', () => {
  it.each([
    ['Latin-1', Buffer.from('id: a\ntitle: größer\n', 'latin1'), 'This is not UTF-8', { line: 2, column: 10 }],
    ['UTF-16', Buffer.from('\uFEFFid: a\n', 'utf16le'), 'This is not UTF-8 (it may be UTF-16)', { line: 1, column: 1 }],
    ['UTF-16 without a mark', Buffer.from('id: a\n', 'utf16le'), '(it may be UTF-16)', { line: 1, column: 2 }],
  ])('%s', (_, bytes, message, place) => {
    const problem = problemOf(written(bytes));
    expect(problem).toMatchObject({ code: 'ENCODING_UNKNOWN', place });
    expect(problem.message).toContain(message);
  });
});
