/** Looks at a network on the way through a training, also one that was interrupted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiagnosisLog, readDiagnoses } from '../../../../harness/kinds/training/logs/diagnosis-log.js';
import type { Program } from '../../../../harness/kinds/training/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'diagnoses-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const batch = { images: new Float32Array(4), labels: new Int32Array(1) };

/** A program that says which look this is. */
function observed(): Observed {
  const program: Observed = {
    looks: 0,
    diagnose: async () => {
      program.looks += 1;
      return new Map([
        ['angle', program.looks / 8],
        ['a, "name"', -1],
      ]);
    },
  };
  return program;
}

interface Observed extends Pick<Program, 'diagnose'> {
  looks: number;
}

async function steps(log: DiagnosisLog, program: Pick<Program, 'diagnose'>, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) await log.look(program, step, batch);
  log.close();
}

it('come every so many steps, from before the first', async () => {
  await steps(new DiagnosisLog(folder, 0, 4), observed(), 0, 9);
  expect(readDiagnoses(folder)).toEqual([
    { step: 0, values: { angle: 0.125, 'a, "name"': -1 } },
    { step: 4, values: { angle: 0.25, 'a, "name"': -1 } },
    { step: 8, values: { angle: 0.375, 'a, "name"': -1 } },
  ]);
});

it('are each there once when a training goes on from an earlier step', async () => {
  await steps(new DiagnosisLog(folder, 0, 2), observed(), 0, 7);
  await steps(new DiagnosisLog(folder, 4, 2), observed(), 4, 9);
  const found = readDiagnoses(folder);
  expect(found?.map(({ step }) => step)).toEqual([0, 2, 4, 6, 8]);
  // The first of the second run.
  expect(found?.[2]?.values['angle']).toBe(0.125);
});

it('are not there where none is asked for, or the network has nothing to look at', async () => {
  const program = observed();
  await steps(new DiagnosisLog(folder, 0, undefined), program, 0, 5);
  expect(program.looks).toBe(0);
  expect(readDiagnoses(folder)).toBeUndefined();
  await steps(new DiagnosisLog(folder, 0, 2), {}, 0, 5);
  expect(readDiagnoses(folder)).toBeUndefined();
});
