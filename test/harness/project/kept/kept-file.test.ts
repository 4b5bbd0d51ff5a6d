import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inProject } from '../../../../harness/core/project.js';
import type { Paper } from '../../../../harness/plan/paper/paper.js';
import { KeptFile } from '../../../../harness/project/kept/kept-file.js';
import { warpnet } from '../../../support/papers.js';

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'kept-'));
  folder = join(scratch, 'kept');
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

const value = z.number();
const fileOf = (paper: Paper = warpnet, most?: number) => new KeptFile(folder, paper, value, most);
const onlyPath = (): string => join(folder, readdirSync(folder)[0] ?? 'none');
const numbers = (...keys: number[]) => new Map(keys.map((key) => [`k${key}`, key / 7]));

/** A paper whose code can be changed here. */
function paperWith(code: string): Paper {
  const own = join(scratch, 'paper');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'model.ts'), code);
  return { ...warpnet, folder: relative(inProject(), own) };
}

describe('a kept file', () => {
  it('has what was added to it, to the last digit', () => {
    fileOf().add(numbers(1, 2));
    fileOf().add(numbers(3));
    expect([...fileOf().read()]).toEqual([...numbers(1, 2, 3)]);
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, -9)],
    ['has a changed digit', (text: string) => text.replace(/"k1":0\.1/, '"k1":0.2')],
    ['has a value of another form', (text: string) => text.replace(/"k1":[\d.]+/, '"k1":null')],
    ['is empty', () => ''],
  ])('is none where it %s, and sound after the next addition', (_, damage) => {
    fileOf().add(numbers(1, 2));
    const text = readFileSync(onlyPath(), 'utf8');
    expect(damage(text)).not.toBe(text);
    writeFileSync(onlyPath(), damage(text));
    expect(fileOf().read().size).toBe(0);
    fileOf().add(numbers(3));
    expect([...fileOf().read()]).toEqual([...numbers(3)]);
  });

  it('is of one version of the code: another finds nothing, and the first finds its own again', () => {
    fileOf(paperWith('one')).add(numbers(1));
    expect(fileOf(paperWith('another')).read().size).toBe(0);
    expect([...fileOf(paperWith('one')).read()]).toEqual([...numbers(1)]);
  });

  it('goes with its version: the next one deletes what nobody has read for a month', () => {
    fileOf(paperWith('one')).add(numbers(1));
    const long = Date.now() / 1000 - 40 * 86_400;
    utimesSync(onlyPath(), long, long);
    fileOf(paperWith('another')).add(numbers(2));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(fileOf(paperWith('one')).read().size).toBe(0);
  });

  it('keeps the newest entries when there are too many; one that is added again is new', () => {
    fileOf(warpnet, 3).add(numbers(1, 2, 3));
    fileOf(warpnet, 3).add(numbers(1, 4));
    expect([...fileOf(warpnet, 3).read().keys()]).toEqual(['k3', 'k1', 'k4']);
    fileOf(warpnet, 3).add(numbers(5, 6, 7, 8));
    expect([...fileOf(warpnet, 3).read().keys()]).toEqual(['k6', 'k7', 'k8']);
  });

  it('is bounded unless a limit is named', () => {
    fileOf().add(numbers(...Array.from({ length: 6000 }, (_, key) => key)));
    expect(fileOf().read().size).toBe(5000);
    expect(fileOf().read().has('k5999')).toBe(true);
  });

  it('is no obstacle where nothing can be kept', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), '');
    for (const place of [join(folder, 'file', 'below'), '/proc/nowhere', null]) {
      const file = new KeptFile(place, warpnet, value);
      file.add(numbers(1));
      expect(file.read().size).toBe(0);
    }
    const lost = new KeptFile(folder, { ...warpnet, folder: 'no-such-folder' }, value);
    lost.add(numbers(1));
    expect(lost.read().size).toBe(0);
  });
});
