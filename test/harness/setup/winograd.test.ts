import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../harness/core/problem.js';
import { setUpLibrary } from '../../../harness/setup/set-up.js';
import type { NativeLibrary } from '../../../harness/setup/native-library.js';
import { setUpWinograd, winogradLibrary } from '../../../harness/setup/winograd.js';
import { makeWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let library: NativeLibrary;
beforeEach(async () => {
  workshop = makeWorkshop();
  library = await setUpLibrary(workshop.environment(), workshop.progress, {
    link: join(workshop.folder, 'native', 'tensorflow'),
    catalogue: () => workshop.catalogue,
  });
});
afterEach(() => {
  workshop.remove();
});

const log = (): string => join(workshop.wheels, 'compiler.log');
const compilerCalls = (): string[] => readFileSync(log(), 'utf8').trim().split('\n');
/** Stands in for g++: notes its call and writes what it is asked to write. */
const compiler =
  '#!/bin/sh\necho "$@" >> "$FAKE_WHEELS/compiler.log"\nwhile [ "$1" != -o ]; do shift; done\necho built > "$2"\n';
const setUp = (more?: Record<string, string>, again = false): Promise<Problem | undefined> =>
  setUpWinograd(library, workshop.environment(more), workshop.progress, again);
const found = (more?: Record<string, string>): string | undefined =>
  winogradLibrary({ ...workshop.environment(more), WARPNET_TENSORFLOW: library.folder });

describe("convolutions by Winograd's algorithm", () => {
  it('are built once, for both instruction sets, and kept in the cache that clones share', async () => {
    workshop.program('g++', compiler);
    expect(found()).toBeUndefined();
    expect(await setUp()).toBeUndefined();
    expect(found()).toContain(workshop.cache);
    expect(compilerCalls().filter((call) => call.includes('convolution.cc'))).toEqual([
      expect.stringContaining('-mavx'),
      expect.stringContaining('-mavx'),
    ]);
    expect(compilerCalls().at(-1)).toContain('-l:libtensorflow_framework.so.2');
    const calls = compilerCalls().length;
    await setUp();
    expect(compilerCalls()).toHaveLength(calls);
  });

  it('without a compiler are a warning that says what is lost and the package to install', async () => {
    expect(await setUp()).toMatchObject({
      code: 'WINOGRAD_NOT_BUILT',
      message: expect.stringMatching(/g\+\+.*twice as long/) as string,
      hint: expect.stringContaining('apt-get install g++') as string,
    });
    expect(found()).toBeUndefined();
  });

  it('that do not compile are not tried at every run, but again by `make setup`', async () => {
    workshop.program('g++', '#!/bin/sh\necho x >> "$FAKE_WHEELS/compiler.log"\necho "a.cc:1: error: no" >&2\nexit 1\n');
    expect(await setUp()).toMatchObject({ message: expect.stringContaining('error: no') as string });
    const calls = compilerCalls().length;
    expect(await setUp()).toBeUndefined();
    expect(compilerCalls()).toHaveLength(calls);
    workshop.program('g++', compiler);
    expect(await setUp({}, true)).toBeUndefined();
    expect(found()).toBeDefined();
  });

  it('are neither built nor used with WARPNET_WINOGRAD=0', async () => {
    workshop.program('g++', compiler);
    expect(await setUp({ WARPNET_WINOGRAD: '0' })).toBeUndefined();
    expect(existsSync(log())).toBe(false);
    await setUp();
    expect(found()).toBeDefined();
    expect(found({ WARPNET_WINOGRAD: '0' })).toBeUndefined();
  });
});
