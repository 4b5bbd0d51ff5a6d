/** The shell scripts that sbatch is given. */
import { chmodSync } from 'node:fs';
import { inProject } from '../../core/project.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { writing } from '../../core/files/write-problem.js';
import type { ClusterSite } from './site-file.js';

/** Single quotes keep everything but themselves from the shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs the site's set-up lines and becomes the program, so that Slurm's signals reach it. */
export function programScript(
  program: 'job' | 'probe',
  args: readonly string[],
  { setUp, node = process.execPath }: ClusterSite,
): string {
  const path = inProject('dist', 'harness', 'run', 'slurm', 'node', `${program}.js`);
  return ['#!/bin/bash', setUp.trimEnd(), `exec ${[node, path, ...args].map(quoted).join(' ')}`, ''].join('\n');
}

/** Resolves to its path. @throws Problem DISK_FULL, NOT_WRITABLE */
export function writeScript(path: string, text: string): string {
  writing(path, () => {
    writeAtomically(path, text);
    chmodSync(path, 0o755);
  });
  return path;
}
