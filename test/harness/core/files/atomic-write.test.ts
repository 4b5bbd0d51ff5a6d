import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTemporaries, writeAtomically } from '../../../../harness/core/files/atomic-write.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a file that is written', () => {
  it.each([[{}], [{ durable: false }]])('is the new one, with nothing beside it (%j)', (options) => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    writeAtomically(path, ['new ', Buffer.from('text')], options);
    expect(readFileSync(path, 'utf8')).toBe('new text');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('stays the old one where the new one cannot be made whole', () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    const pieces = function* (): Iterable<string> {
      yield 'half';
      throw new Error('no more');
    };
    expect(() => writeAtomically(path, pieces())).toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('whose folder is gone is a Problem', () => {
    expect(() => writeAtomically(join(folder, 'no', 'a'), 'text')).toThrow(
      expect.objectContaining({ code: 'FOLDER_GONE' }),
    );
  });
});

it('what killed writers left is cleared away, what others are writing is not', () => {
  const { pid: gone } = spawnSync(process.execPath, ['--eval', '']);
  for (const name of [`index.html.${gone}.tmp`, `index.html.${process.pid}.tmp`, 'index.html', 'notes.tmp'])
    writeFileSync(join(folder, name), '');
  removeTemporaries(folder);
  expect(existsSync(join(folder, `index.html.${gone}.tmp`))).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['index.html', `index.html.${process.pid}.tmp`, 'notes.tmp'].sort());
});
