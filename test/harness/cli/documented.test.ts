/** Every command line that README and docs show is one that the program takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';
import { parsed } from '../../support/idle-commands.js';

const documents = [
  'README.md',
  'experiments/README.md',
  ...readdirSync(inProject('docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** `npm run reproduce -- …`, to the end of the line, of the code or of the sentence; alternatives `a | b` each for itself. */
function commandLines(text: string): string[] {
  return [...text.matchAll(/npm run reproduce -- ([^`\n]*)/g)].flatMap(([, found = '']) => {
    const [line = ''] = found.split(/ {2,}|…/);
    return /^[\w-]+( \| [\w-]+)+/.test(line) ? line.split(' | ') : [line];
  });
}

describe.each(documents)('%s', (document) => {
  const lines = commandLines(readFileSync(inProject(document), 'utf8'));

  it.each([...new Set(lines)].map((line) => [line]))('npm run reproduce -- %s', async (line) => {
    const argv = line.trim().split(/\s+/);
    const { steps, output } = await parsed(argv);
    if (argv.includes('--help')) expect(output).toContain('Options:');
    else expect(steps).toContain('run');
  });

  it('is read', () => {
    expect(lines.length > 0 || !['README.md', 'docs/slurm.md'].includes(document)).toBe(true);
  });
});
