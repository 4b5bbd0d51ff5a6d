/** Every command line that README and docs show is one that the program takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../experiments/commands.js';
import { catalogue } from '../../../harness/cli/catalogue.js';
import { runCommandLine } from '../../../harness/cli/command-line.js';
import type { CommandEntry } from '../../../harness/cli/command.js';
import { inProject } from '../../../harness/core/project.js';
import { papers } from '../../support/papers.js';

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

/** The commands, doing nothing but being called. */
const idle = (called: () => void): CommandEntry[] =>
  [...catalogue, ...commands].map((entry) => ({
    ...entry,
    load: async () => ({ ...(await entry.load()), run: () => (called(), 0) }),
  }));

describe.each(documents)('%s', (document) => {
  const lines = commandLines(readFileSync(inProject(document), 'utf8'));

  it.each([...new Set(lines)].map((line) => [line]))('npm run reproduce -- %s', async (line) => {
    let calls = 0;
    let output = '';
    const stream = { write: (text: string) => ((output += text), true) };
    const surroundings = {
      environment: {},
      output: stream,
      messages: stream,
      papers: async () => papers,
      worker: [],
    };
    const argv = line.trim().split(/\s+/);
    await runCommandLine(
      argv,
      surroundings,
      idle(() => {
        calls++;
      }),
    );
    const asksForHelp = argv.includes('--help');
    expect(asksForHelp ? output !== '' : calls === 1).toBe(true);
  });

  it('is read', () => {
    expect(lines.length > 0 || !['README.md', 'docs/slurm.md'].includes(document)).toBe(true);
  });
});
