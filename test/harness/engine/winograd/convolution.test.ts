/** The convolutions themselves, by `compare.cc`: every instruction set of this processor, not only the one that is chosen. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProject } from '../../../../harness/core/project.js';
import { missingTool } from '../../../tools.js';

const sources = inProject('harness', 'engine', 'winograd');
const scratch = mkdtempSync(join(tmpdir(), 'winograd-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

function compile(source: string, name: string, ...options: string[]): string {
  const object = join(scratch, `${name}.o`);
  execFileSync('g++', ['-std=c++17', '-O2', ...options, '-c', source, '-o', object]);
  return object;
}

describe.skipIf(missingTool('compiler'))('convolutions of each instruction set', () => {
  let lines: string[][] = [];
  beforeAll(() => {
    const objects = [
      compile(join(sources, 'convolution.cc'), 'avx512', '-mavx512f', '-mfma', '-DINSTRUCTIONS=avx512'),
      compile(join(sources, 'convolution.cc'), 'avx2', '-mavx2', '-mfma', '-DINSTRUCTIONS=avx2'),
      compile(join(sources, 'workers.cc'), 'workers'),
      compile(fileURLToPath(new URL('compare.cc', import.meta.url)), 'compare'),
    ];
    const program = join(scratch, 'compare');
    execFileSync('g++', [...objects, '-pthread', '-o', program]);
    lines = execFileSync(program, { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  }, 120_000);

  it('agree with sums in double precision, whatever the shape and the number of threads', () => {
    expect(lines.length % 18).toBe(0);
    for (const [instructions, threads, ...differences] of lines)
      for (const difference of differences)
        expect(Number(difference), `${instructions} with ${threads} threads`).toBeLessThan(5e-6);
  });

  it('are those of AVX2 at least', () => {
    expect(new Set(lines.map(([instructions]) => instructions))).toContain('avx2');
  });
});
