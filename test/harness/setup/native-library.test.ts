import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, nativeLibrary, type NativeLibrary } from '../../../harness/setup/native-library.js';
import { Problem } from '../../../harness/core/problem.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'library-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function putLibrary(...parts: string[]): string {
  const path = join(folder, ...parts);
  mkdirSync(path, { recursive: true });
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(path, name), '');
  return path;
}
function found(environment: Record<string, string>, link = join(folder, 'no-link')): NativeLibrary {
  const library = nativeLibrary({ HOME: folder, WARPNET_CACHE: join(folder, 'cache'), ...environment }, link);
  if (library instanceof Problem) throw library;
  return library;
}

describe('where the library is looked for', () => {
  it('WARPNET_TENSORFLOW comes first', () => {
    putLibrary('cache', 'tensorflow-2.21.0-cpu', 'tensorflow');
    const named = putLibrary('mine', 'tensorflow');
    expect(found({ WARPNET_TENSORFLOW: named })).toMatchObject({
      folder: named,
      cc: join(named, 'libtensorflow_cc.so.2'),
      framework: join(named, 'libtensorflow_framework.so.2'),
      source: 'WARPNET_TENSORFLOW',
    });
  });

  it('WARPNET_TENSORFLOW may name the folder around it, as pip installs it, and the version is read there', () => {
    putLibrary('site-packages', 'tensorflow');
    mkdirSync(join(folder, 'site-packages', 'tensorflow-2.19.1.dist-info'));
    const library = found({ WARPNET_TENSORFLOW: join(folder, 'site-packages') });
    expect(library).toMatchObject({ folder: join(folder, 'site-packages', 'tensorflow'), version: '2.19.1' });
  });

  it('accepts the C distribution, whose library has another name', () => {
    const lib = join(folder, 'libtensorflow', 'lib');
    mkdirSync(lib, { recursive: true });
    for (const name of ['libtensorflow.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(lib, name), '');
    expect(found({ WARPNET_TENSORFLOW: join(folder, 'libtensorflow') }).cc).toBe(join(lib, 'libtensorflow.so.2'));
  });

  it('then this clone’s link, resolved, so that the library finds its neighbours', () => {
    const chosen = putLibrary('elsewhere', 'tensorflow');
    putLibrary('cache', 'tensorflow-2.21.0-gpu', 'tensorflow');
    symlinkSync(chosen, join(folder, 'link'));
    expect(found({}, join(folder, 'link'))).toMatchObject({ folder: chosen, source: 'project' });
  });

  it('then the cache, the GPU set before the CPU set; a link that leads nowhere does not matter', () => {
    putLibrary('cache', 'tensorflow-2.21.0-cpu', 'tensorflow');
    const gpu = putLibrary('cache', 'tensorflow-2.21.0-gpu', 'tensorflow');
    symlinkSync(join(folder, 'gone'), join(folder, 'link'));
    expect(found({}, join(folder, 'link'))).toMatchObject({ folder: gpu, source: 'cache' });
  });

  it.each([
    ['a folder that is not there', 'nowhere', /nowhere, which is not there/],
    ['a folder without it', '.', /holds no libtensorflow_cc\.so\.2/],
  ])('WARPNET_TENSORFLOW naming %s is an error, also where the cache has a library', (_, name, message) => {
    putLibrary('cache', 'tensorflow-2.21.0-cpu', 'tensorflow');
    const problem = nativeLibrary(
      { WARPNET_TENSORFLOW: join(folder, name), WARPNET_CACHE: join(folder, 'cache') },
      'none',
    );
    expect(problem).toMatchObject({ code: 'TENSORFLOW_FOLDER', message: expect.stringMatching(message) as string });
  });

  it('nowhere at all: says how to get it', () => {
    const problem = nativeLibrary({ WARPNET_CACHE: join(folder, 'cache') }, join(folder, 'none'));
    expect(problem).toMatchObject({
      code: 'TENSORFLOW_MISSING',
      hint: expect.stringContaining('make setup') as string,
    });
  });
});

it.each([
  [{ WARPNET_CACHE: '/big/disk', XDG_CACHE_HOME: '/x', HOME: '/home/me' }, '/big/disk'],
  [{ XDG_CACHE_HOME: '/x', HOME: '/home/me' }, '/x/warpnet-tables'],
  [{ HOME: '/home/me' }, '/home/me/.cache/warpnet-tables'],
])('the cache of %j is %s', (environment, folder) => {
  expect(cacheFolder(environment)).toBe(folder);
});
