import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../harness/core/problem.js';
import { parseSite, readSite } from '../../../../harness/run/slurm/site-file.js';

function problemOf(text: string): Problem {
  try {
    parseSite(text, 'slurm.yaml');
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the site file', () => {
  it('may be empty', () => {
    expect(parseSite('', 'slurm.yaml')).toMatchObject({
      queued: 100,
      pollSeconds: 15,
      memory: 'estimate',
      options: [],
    });
  });

  it.each([
    ['90', 5400],
    ['4:00:00', 14_400],
    ['2-00:00:00', 172_800],
  ])('reads %s as a time limit', (text, seconds) => {
    expect(parseSite(`longest: ${text.includes(':') ? `"${text}"` : text}`, 'slurm.yaml').longest).toBe(seconds);
  });

  it.each([
    ['partiton: gpu', 'KEY_UNKNOWN', 1, 'partition'],
    ['account: ours\nqueued: many', 'VALUE_INVALID', 2, ''],
    ['longest: tomorrow', 'VALUE_INVALID', 1, ''],
    ['options: [reservation=paper]', 'VALUE_INVALID', 1, ''],
    ['options:\n  - --mail-type=END\n  - --output=x', 'VALUE_INVALID', 3, ''],
    ['options: [-o x]', 'VALUE_INVALID', 1, ''],
    ['memory: lots', 'VALUE_INVALID', 1, ''],
    ['partition: [a', 'YAML_INVALID', 1, ''],
  ])('%j is answered with %s and the line', (text, code, line, hint) => {
    const problem = problemOf(text);
    expect(problem.code).toBe(code);
    expect(problem.place?.line).toBe(line);
    expect(problem.hint ?? '').toContain(hint);
  });

  it.each(['--array=0-3', '--gres=gpu:8', '--time=1', '--wrap=x', '--requeue', '-o', '--no-requeue', '--exclusive'])(
    'does not let %s go against what the program sets',
    (option) => {
      expect(problemOf(`options: ["${option}"]`).message).toContain('set by the program itself');
    },
  );

  it.each(['--reservation=paper', '--mail-type=END', '--nice=100', '-C fast', '--licenses=x', '--exclude=n3'])(
    'passes %s on',
    (option) => {
      expect(parseSite(`options: ["${option}"]`, 'slurm.yaml').options).toEqual([option]);
    },
  );

  it('that is named has to be there', () => {
    expect(() => readSite('/nowhere/slurm.yaml')).toThrow(expect.objectContaining({ code: 'SITE_MISSING' }));
  });
});
