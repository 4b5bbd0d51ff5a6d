/** A training with several networks, in plain JavaScript: interrupted anywhere, it ends with the bytes of one that never was. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stepSeconds } from '../../../../../harness/kinds/training/phases/step-seconds.js';
import { readSafetensors } from '../../../../../harness/kinds/training/safetensors.js';
import { train, type Trained } from '../../../../../harness/kinds/training/trainer.js';
import type { TrainingPhase } from '../../../../../harness/kinds/training/program.js';
import type { Told } from '../../../../../harness/store/events.js';
import { runFile } from '../../../../../harness/store/run-folder.js';
import { FakeProgram, fakeTraining, fakeValidation } from '../../../../support/fake-parts.js';
import { csv, emptyFolder, readBytes, trainingJob } from '../../../../support/run-folders.js';

const growAt = [4, 7];
const steps = 10;
const job = trainingJob({
  steps,
  evaluateEvery: 5,
  dropSteps: [],
  dropFactor: 1,
  growAt,
  cosine: { final: 0.01, restarts: growAt },
});

class Killed extends Error {}

interface Interruption {
  /** Stops before this step, as SIGTERM does. */
  readonly stopBefore?: number;
  /** Dies before this step is computed, as of SIGKILL. */
  readonly dieBefore?: number;
  /** Dies while this phase grows, counted from 1. */
  readonly dieGrowing?: number;
}

/** Three networks; each begins with half of the weights of the one before it, and with its momentum. */
function phasesOf({ stopBefore, dieBefore, dieGrowing }: Interruption, abort: AbortController): TrainingPhase[] {
  const open = () => {
    const program = new FakeProgram({
      beforeStep: (step) => {
        if (step === dieBefore) throw new Killed();
      },
    });
    return program;
  };
  return [0, ...growAt].map((begin, index): TrainingPhase => ({
    begin,
    open,
    grow:
      index === 0
        ? null
        : (before) => {
            if (dieGrowing === index + 1) throw new Killed();
            if (stopBefore === begin) abort.abort();
            return before.map((tensor) => ({ ...tensor, values: tensor.values.map((value) => value / 2) }));
          },
  }));
}

interface Attempt {
  readonly outcome: Trained | { readonly stoppedAt: number } | 'killed';
  readonly told: readonly Told[];
}

async function attempt(folder: string, interruption: Interruption = {}): Promise<Attempt> {
  const abort = new AbortController();
  const told: Told[] = [];
  const data = fakeTraining();
  let current: FakeProgram | undefined;
  const phases = phasesOf(interruption, abort).map((phase): TrainingPhase => ({
    ...phase,
    open: () => {
      current = phase.open() as FakeProgram;
      return current;
    },
  }));
  const batch = (step: number) => {
    if (step === interruption.stopBefore) abort.abort();
    current?.continueAt(step);
    return data.batch(step);
  };
  try {
    const outcome = await train({
      job,
      folder,
      phases,
      training: { images: data.images, batch },
      validation: fakeValidation(),
      checkpointSeconds: 0,
      tell: (event) => void told.push(event),
      warn: (line) => {
        throw new Error(line);
      },
      signal: abort.signal,
    });
    return { outcome, told };
  } catch (error) {
    if (error instanceof Killed) return { outcome: 'killed', told };
    throw error;
  }
}

async function whole() {
  const folder = emptyFolder();
  const { outcome } = await attempt(folder);
  if (typeof outcome === 'string' || 'stoppedAt' in outcome) throw new Error('not trained');
  return { folder, outcome };
}

describe('a training with three networks', () => {
  it('evaluates both networks where one follows on another, and says which is which', async () => {
    const { outcome } = await whole();
    const seen = outcome.evaluations.map(({ step, phase }) => [step, phase]);
    expect(seen).toEqual([
      [4, 1],
      [4, 2],
      [5, 2],
      [7, 2],
      [7, 3],
      [10, 3],
    ]);
    // Halved weights answer otherwise.
    expect(outcome.evaluations[0]?.loss).not.toBe(outcome.evaluations[1]?.loss);
  });

  it('begins each network as it grows from the one before', async () => {
    const { outcome, folder } = await whole();
    const { tensors, metadata } = readSafetensors(runFile(folder, 'checkpoint'));
    expect(metadata).toMatchObject({ step: '10', phase: '3' });
    expect(tensors).toEqual(await outcome.program.readState());
    // Without growing, ten steps end elsewhere.
    const plain = new FakeProgram();
    for (let step = 0; step < steps; step += 1) await plain.step(await fakeTraining().batch(step), 0.1);
    expect(tensors[0]?.values).not.toEqual(plain.weights);
  });

  it('begins the learning rate anew with each', async () => {
    const { folder } = await whole();
    const rates = csv(folder, 'steps').map((row) => Number(row['learningRate']));
    expect([rates[0], rates[4], rates[7]]).toEqual([0.1, 0.1, 0.1]);
    expect([rates[3], rates[6], rates[9]]).toEqual([0.01, 0.01, 0.01]);
  });

  it.each(Array.from({ length: steps }, (_, step) => step))(
    'stopped before step %i and resumed: the same checkpoint, steps and evaluations',
    async (step) => {
      const { folder: expected, outcome: trained } = await whole();
      const folder = emptyFolder();
      const first = await attempt(folder, { stopBefore: step });
      expect(first.outcome).toHaveProperty('stoppedAt');
      const second = await attempt(folder);
      expect(second.told).toContainEqual(expect.objectContaining({ type: 'resumed' }));
      expectAlike(folder, expected);
      expect(second.outcome).toMatchObject({ evaluations: trained.evaluations, finalLoss: trained.finalLoss });
    },
  );

  it.each<[string, Interruption]>([
    ['in the first step of the second network', { dieBefore: 4 }],
    ['in its second step', { dieBefore: 5 }],
    ['while the second network grows', { dieGrowing: 2 }],
    ['while the third network grows', { dieGrowing: 3 }],
    ['in the first step of the third network', { dieBefore: 7 }],
  ])('killed %s and run again: the same bytes', async (_, interruption) => {
    const { folder: expected } = await whole();
    const folder = emptyFolder();
    expect((await attempt(folder, interruption)).outcome).toBe('killed');
    const { outcome } = await attempt(folder);
    expect(outcome).not.toHaveProperty('stoppedAt');
    expectAlike(folder, expected);
  });

  it('interrupted after every step still ends with the same bytes', async () => {
    const { folder: expected } = await whole();
    const folder = emptyFolder();
    for (let step = 0; step < steps; step += 1) await attempt(folder, { stopBefore: step });
    await attempt(folder);
    expectAlike(folder, expected);
  });
});

function expectAlike(folder: string, expected: string): void {
  expect(readBytes(folder, 'checkpoint').equals(readBytes(expected, 'checkpoint'))).toBe(true);
  expect(readFileSync(runFile(folder, 'epochs'), 'utf8')).toBe(readFileSync(runFile(expected, 'epochs'), 'utf8'));
  const losses = (from: string) => csv(from, 'steps').map(({ step, loss }) => [step, loss]);
  expect(losses(folder)).toEqual(losses(expected));
}

describe('the time of the steps', () => {
  it('is the median step of each network times its steps, without what was idle', async () => {
    const { folder } = await whole();
    const rows = csv(folder, 'steps').map((row) => Number(row['milliseconds']) - Number(row['idleMilliseconds']));
    const median = (values: readonly number[]) => {
      const sorted = [...values].sort((a, b) => a - b);
      return (
        ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2
      );
    };
    const expected = 4 * median(rows.slice(0, 4)) + 3 * median(rows.slice(4, 7)) + 3 * median(rows.slice(7));
    const phases = [0, ...growAt].map((begin) => ({ begin }));
    // The same sum in another order of additions.
    expect(stepSeconds(folder, phases)).toBeCloseTo(expected / 1000, 9);
  });
});
