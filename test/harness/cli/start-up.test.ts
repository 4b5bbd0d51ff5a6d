import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';

/** Packages and project files that loading a source loads with it: its static imports, and theirs. */
function loadedWith(entry: string): { readonly packages: Set<string>; readonly files: Set<string> } {
  const packages = new Set<string>();
  const files = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, typeOnly, name = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (type )?[^;]*?from '([^']+)';/gms,
    )) {
      if (typeOnly !== undefined) continue;
      if (name.startsWith('.')) visit(resolve(dirname(file), name.replace(/\.js$/, '.ts')));
      else packages.add(name);
    }
  };
  visit(entry);
  return { packages, files };
}

describe('reproduce --help', () => {
  it('loads nothing heavy: yargs, Node, and a few small files', () => {
    const { packages, files } = loadedWith(inProject('harness', 'cli', 'main.ts'));
    const foreign = [...packages].filter((name) => !name.startsWith('node:'));
    expect(foreign).toEqual(['yargs']);
    expect(files.size).toBeLessThan(25);
  });
});

describe('a step graph', () => {
  it('is traced without TensorFlow: nothing of the native library is loaded', () => {
    const { packages, files } = loadedWith(inProject('harness', 'project', 'step-graph.ts'));
    expect([...packages]).not.toContain('koffi');
    expect([...files].filter((file) => file.includes('/engine/native/') || file.includes('/setup/'))).toEqual([]);
    expect([...files].some((file) => file.endsWith('/engine/dry/dry-tracer.ts'))).toBe(true);
  });

  it('is not loaded with the commands that may ask for one', () => {
    for (const command of ['report', 'plan', 'status', 'run', 'retry'])
      expect([...loadedWith(inProject('harness', 'cli', 'commands', `${command}.ts`)).packages].join()).not.toContain(
        'tfjs',
      );
  });
});
