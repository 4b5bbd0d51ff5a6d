import { describe, expect, it } from 'vitest';
import { expand } from '../../../harness/plan/expand/expand.js';
import { parseOverrides } from '../../../harness/plan/profile/overrides.js';
import { Problem } from '../../../harness/core/problem.js';
import { formatProblem } from '../../../harness/core/problem-format.js';
import { twoCores } from '../../support/machines.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

const folder = warpnetFolder();

function problemOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return formatProblem(error).replace(` [${error.code}]`, '');
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('--set', () => {
  it('reads options of protocols, training and timing', () => {
    expect(
      parseOverrides(warpnet, [
        'derivative=R3',
        'nesterov=true',
        'momentum=0',
        'training.steps=200',
        'timing.inputPipeline=false',
      ]),
    ).toEqual({
      protocol: { derivative: 'R3', nesterov: true, momentum: 0 },
      training: { steps: 200 },
      timing: { inputPipeline: false },
    });
  });

  it.each([
    ['derivativ=R3', 'No option is called "derivativ"\nDid you mean "derivative"?'],
    ['derivative=r3', '"r3" is not a value of derivative\nDid you mean "R3"? Allowed: R1, R2, R3, R4, released, port.'],
    ['momentum=2', '"2" is not a value of momentum'],
    ['nesterov=maybe', '"maybe" is not a value of nesterov'],
    ['derivative', '"derivative" is not option=value'],
    ['steps=3', 'Write training.steps=3.'],
    ['training.step=3', 'No option is called "training.step"\nDid you mean "steps"?'],
    ['training.steps=many', '"many" is not a value of training.steps'],
    ['timing.rounds=0', '"0" is not a value of timing.rounds'],
    ['__proto__=1', 'No option is called "__proto__"'],
  ])('refuses %s', (setting, expected) => {
    expect(problemOf(() => parseOverrides(warpnet, [setting]))).toContain(expected);
  });

  it('is seen in the protocol’s name wherever it is shown, and in the options of the jobs', () => {
    const { tables, jobs } = expand({
      matrices: [folder.matrix('table2')],
      profile: 'quick',
      protocols: ['paper', 'released-code'],
      overrides: parseOverrides(warpnet, ['derivative=R3', 'batchNorm=moments']),
      machine: twoCores,
      sizeOf,
      folder,
    });
    expect(tables[0]?.protocols).toEqual([
      'paper, derivative=R3, batchNorm=moments',
      // Its batch normalisation is from moments already.
      'released-code, derivative=R3',
    ]);
    for (const { protocol } of jobs) expect(protocol).toMatchObject({ derivative: 'R3', batchNorm: 'moments' });
  });
});

describe('names that do not exist', () => {
  it.each<[string, () => unknown, string]>([
    ['protocol', () => folder.protocol('papers'), 'There is no protocol "papers"\nDid you mean "paper"?'],
    ['profile', () => folder.profile('fast'), 'Known profiles: auto, paper, quick.'],
    ['table', () => folder.matrix('tabel2'), 'There is no table "tabel2"\nDid you mean "table2"?'],
    ['path', () => folder.protocol('../profiles/quick'), 'There is no protocol "../profiles/quick"'],
    ['file', () => folder.matrixAt('/nowhere/my.yaml'), '/nowhere/my.yaml cannot be read'],
  ])('a %s is refused, with those there are', (_, run, expected) => {
    expect(problemOf(run)).toContain(expected);
  });
});
