import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendJsonLine, JsonLinesTail, readJsonLines } from '../../../../harness/core/files/json-lines.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
  path = join(folder, 'log.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const all = (value: unknown) => value;

describe('appending', () => {
  it('closes a torn last line first, so that it swallows nothing', () => {
    writeFileSync(path, '{"n":1}\n{"n":');
    appendJsonLine(path, { n: 2 });
    expect(readFileSync(path, 'utf8')).toBe('{"n":1}\n{"n":\n{"n":2}\n');
    expect(readJsonLines(path, all)).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe('reading', () => {
  it('gives nothing for a file that is not there', () => {
    expect(readJsonLines(path, all)).toEqual([]);
  });

  it('leaves a torn last line out', () => {
    writeFileSync(path, '{"n":1}\n{"n":2');
    expect(readJsonLines(path, all)).toEqual([{ n: 1 }]);
  });

  it('leaves out what is not of the file', () => {
    writeFileSync(path, '1\n"two"\n3\n');
    expect(readJsonLines(path, (value) => (typeof value === 'number' ? value : undefined))).toEqual([1, 3]);
  });
});

describe('following a file', () => {
  it('gives each line once, when it is whole', () => {
    const tail = new JsonLinesTail(path, all);
    expect(tail.read()).toEqual([]);
    writeFileSync(path, '{"n":1}\n{"n":2');
    expect(tail.read()).toEqual([{ n: 1 }]);
    expect(tail.read()).toEqual([]);
    appendFileSync(path, '}\n{"n":3}\n');
    expect(tail.read()).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('goes on rightly when a torn line is cut off by the next writer', () => {
    const tail = new JsonLinesTail(path, all);
    writeFileSync(path, '{"n":1}\n{"torn":"a long piece of a line');
    expect(tail.read()).toEqual([{ n: 1 }]);
    truncateSync(path, 8);
    appendFileSync(path, '{"n":2}\n');
    expect(tail.read()).toEqual([{ n: 2 }]);
  });

  it('begins again when the file is replaced by a shorter one', () => {
    const tail = new JsonLinesTail(path, all);
    writeFileSync(path, '{"n":1}\n{"n":2}\n');
    tail.read();
    writeFileSync(path, '{"n":9}\n');
    expect(tail.read()).toEqual([{ n: 9 }]);
  });

  it('survives a character cut in two by a write', () => {
    const line = Buffer.from('{"n":"é"}\n');
    const tail = new JsonLinesTail(path, all);
    writeFileSync(path, line.subarray(0, 7));
    expect(tail.read()).toEqual([]);
    appendFileSync(path, line.subarray(7));
    expect(tail.read()).toEqual([{ n: 'é' }]);
  });
});
