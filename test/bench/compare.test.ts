import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare, comparedSteps, type Contestant } from '../../bench/compare.js';
import { complaintIn } from '../../bench/measured-program.js';
import { agrees, entriesOf } from '../../bench/entries.js';

const fakeProgram = join(import.meta.dirname, 'fake-program.mjs');
const fake = (name: string, ...parameters: (string | number)[]): Contestant => ({
  name,
  command: () => [process.execPath, fakeProgram, ...parameters.map(String)],
});
const turns = { rounds: 4, stepsPerRound: 2 };

async function measured(...contestants: Contestant[]) {
  const said: string[] = [];
  const outcomes = await compare(contestants, '/nonexistent', turns, (line) => said.push(line));
  return { said, ...entriesOf('training-step', 'WRN-13-2', 128, outcomes) };
}

describe('a comparison', () => {
  it('gives ratios, project over peer, of time and peak memory', async () => {
    const { entries, notMeasured } = await measured(
      fake('traced', 30, 2.3),
      fake('Keras', 40, 2.3),
      fake('slow', 60, 2.3),
    );
    expect(notMeasured).toEqual([]);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ benchmark: 'training-step', peer: 'Keras', network: 'WRN-13-2', batch: 128 });
    expect(entries[0]?.ratioTime).toBeCloseTo(0.75, 10);
    expect(entries[0]?.ratioMemory).toBeCloseTo(0.75, 10);
    expect(entries[1]?.ratioTime).toBeCloseTo(0.5, 10);
    expect(entries[0]?.milliseconds).toEqual({ project: 30, peer: 40 });
  });

  it.each([
    ['does not start', ['no start', 0], 'exit code 1: No module named torch'],
    ['ends among the first steps', ['crash', 2], 'exit code 9: out of memory'],
    ['ends in a later round', ['crash', comparedSteps + 3], 'exit code 9: out of memory'],
    ['answers nonsense', ['garbage', 1], 'it answered something else than a step'],
  ] as const)('goes on without a peer that %s, and says why', async (_, how, reason) => {
    const { entries, notMeasured, said } = await measured(
      fake('traced', 30, 2.3),
      fake('bad', 40, 2.3, ...how),
      fake('good', 60, 2.3),
    );
    expect(notMeasured).toEqual([{ benchmark: 'training-step', peer: 'bad', network: 'WRN-13-2', reason }]);
    expect(entries.map(({ peer }) => peer)).toEqual(['good']);
    expect(entries[0]?.ratioTime).toBeCloseTo(0.5, 10);
    expect(said.join('\n')).toContain(`bad: not measured: ${reason}`);
  });

  it('names a program that is not installed, and one whose peers are missing', async () => {
    const { notMeasured } = await measured(
      fake('traced', 30, 2.3),
      { name: 'Keras', unavailable: 'python3 was not found' },
      { name: 'PyTorch', command: () => ['/nonexistent/python'] },
    );
    expect(notMeasured.map(({ peer, reason }) => `${peer}: ${reason}`)).toEqual([
      'Keras: python3 was not found',
      'PyTorch: spawn /nonexistent/python ENOENT',
    ]);
  });

  it('has no ratios when the project itself fails', async () => {
    const { entries, notMeasured } = await measured(fake('traced', 30, 2.3, 'crash', 1), fake('Keras', 40, 2.3));
    expect(entries).toEqual([]);
    expect(notMeasured[0]?.reason).toBe("the project's own step failed: exit code 9: out of memory");
  });

  it('notices programs that compute something else', async () => {
    const { entries } = await measured(
      fake('traced', 30, 2.3),
      fake('same', 40, 2.30001),
      fake('other', 40, 2.2),
      fake('diverged', 40, 2.3, 'nan', 2),
    );
    expect(entries.map(agrees)).toEqual([true, false, false]);
    expect(entries[0]?.agreement.firstLoss).toBeCloseTo(0.00001 / 2.3, 9);
    expect(entries[2]?.agreement.laterLosses).toBeNull();
  });
});

describe('what a program died of', () => {
  it.each([
    [
      'a Python traceback',
      'Traceback (most recent call last):\n  File "a.py"\nModuleNotFoundError: No module named \'x\'\n',
    ],
    [
      'an uncaught error of Node',
      "file.js:1\n  throw\n  ^\n\nProblem: No module named 'x'\n    at a (b.js)\n\nNode.js v20.20.2\n",
    ],
    ['anything else', "warming up\nNo module named 'x'\n"],
  ])('is found in %s', (_, text) => {
    expect(complaintIn(text)).toMatch(/^(ModuleNotFoundError: |Problem: )?No module named 'x'$/);
  });
});
