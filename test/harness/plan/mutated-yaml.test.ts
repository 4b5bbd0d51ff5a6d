import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { loadMatrix } from '../../../harness/plan/matrix/matrix.js';
import { YamlDocument } from '../../../harness/plan/yaml/yaml-document.js';
import { Problem } from '../../../harness/core/problem.js';
import { formatProblem } from '../../../harness/core/problem-format.js';
import { twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

/** Numbers below `bound`, the same at every run. */
function seededNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

const fragments = [
  ':',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '#',
  '\n',
  '\t',
  '  ',
  '&a ',
  '*a ',
  '!!binary ',
  '!x ',
  '|',
  '>',
  '? ',
  '---\n',
  '...',
  'null',
  '~',
  'true',
  '-1',
  '0',
  '1e400',
  '.nan',
  '.inf',
  '0x10',
  '<<: ',
  '__proto__',
  'constructor',
  '\u0000',
  '\u2028',
  '\u{1F600}',
  'F2',
  'x1',
  '{dataset}',
  '%YAML 1.1\n',
  '\\',
  '@',
  '`',
];

/** One small change of a text: a piece lost, doubled, moved or replaced, or something put in. */
function mutate(text: string, below: (bound: number) => number): string {
  const at = below(text.length);
  const length = 1 + below(12);
  const fragment = fragments[below(fragments.length)] ?? ':';
  const words = [...text.matchAll(/[A-Za-z0-9.-]+/g)];
  const word = words[below(words.length)];
  const other = words[below(words.length)]?.[0] ?? '';
  switch (below(7)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at + length) + text.slice(at);
    case 2:
      return text.slice(0, at) + fragment + text.slice(at);
    case 3:
      return text.slice(0, at) + fragment + text.slice(at + length);
    case 4:
      return text.slice(0, at);
    case 5: {
      const lines = text.split('\n');
      const [line = ''] = lines.splice(below(lines.length), 1);
      lines.splice(below(lines.length + 1), 0, line);
      return lines.join('\n');
    }
    default:
      return word === undefined
        ? text
        : text.slice(0, word.index) + (below(2) === 0 ? other : fragment) + text.slice(word.index + word[0].length);
  }
}

describe('1,000 mutated YAML files', () => {
  const intact = warpnetFolder();
  const copy = mkdtempSync(join(tmpdir(), 'experiments-'));
  const files = readdirSync(intact.folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => ['tables', 'protocols', 'profiles'].includes(dirname(name)) && name.endsWith('.yaml'),
  );
  const outcomes = { accepted: 0, refused: 0 };
  const strays: string[] = [];

  /** Uses a mutated file as the program would. */
  function use(file: string, text: string): void {
    const name = basename(file, '.yaml');
    if (dirname(file) === 'tables') {
      const matrix = loadMatrix(warpnet, YamlDocument.parse(text, file), intact);
      expand({ matrices: [matrix], profile: 'quick', machine: twoCores, sizeOf, folder: intact });
      return;
    }
    const original = readFileSync(join(copy, file), 'utf8');
    writeFileSync(join(copy, file), text);
    try {
      const folder = new ExperimentFolder(warpnet, copy);
      if (dirname(file) === 'protocols') folder.protocol(name);
      else expand({ matrices: [folder.matrix('figure2')], profile: name, machine: twoCores, sizeOf, folder });
    } finally {
      writeFileSync(join(copy, file), original);
    }
  }

  beforeAll(() => {
    cpSync(intact.folder, copy, { recursive: true });
    const below = seededNumbers(1);
    for (let round = 0; round < 1000; round += 1) {
      const file = files[round % files.length] ?? '';
      let text = readFileSync(join(intact.folder, file), 'utf8');
      for (let count = 1 + below(2); count > 0; count -= 1) text = mutate(text, below);
      try {
        use(file, text);
        outcomes.accepted += 1;
      } catch (error) {
        if (error instanceof Problem && isPlaced(error, file, text)) outcomes.refused += 1;
        else
          strays.push(
            `round ${round}, ${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
      }
    }
  });

  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  it('are each accepted, or refused with a place', () => {
    expect(strays).toEqual([]);
    expect(outcomes.accepted + outcomes.refused).toBe(1000);
  });

  it('are of both kinds', () => {
    expect(outcomes.accepted).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(300);
  });
});

/** Whether the problem names a line that the text has, and shows it. */
function isPlaced(problem: Problem, file: string, text: string): boolean {
  const { place } = problem;
  if (place?.file.endsWith(file) !== true) return false;
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const line = lines[place.line - 1]?.replace(/\r$/, '');
  return (
    line === place.text &&
    place.column >= 1 &&
    place.column <= line.length + 1 &&
    formatProblem(problem).includes(`${basename(file)}:${place.line}:${place.column}: `)
  );
}
