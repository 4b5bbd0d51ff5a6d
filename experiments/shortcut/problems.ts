/** The four arms as numerical problems: what a row chooses of the teacher, of the rates and of the inputs of a step. */
import { z } from 'zod';
import type { Axes } from '../../harness/plan/paper/network.js';
import { numericalProblem, type NumericalProblem } from '../../harness/plan/paper/numerical-problem.js';
import { armNames, plain, withShortcut, type Arm, type ArmName } from './model/arms.js';
import { endPoints } from './model/end-points.js';
import { teacher, type Teacher } from './model/teacher.js';

/** facts.md calls them k, p, r and rho. */
const ofTeacher = {
  patches: z.int().min(2).max(10_000).describe('k: patches of an input, and weights of the second layer'),
  patchInputs: z.int().min(2).max(10_000).describe('p: inputs of a patch, and weights of the first layer'),
  sumRatio: z.number().min(0).describe('r = (1.a*)^2 / ||a*||^2, from 0 to k: how far the weights a* have one sign'),
  teacherAngle: z
    .union([z.literal('random'), z.number().min(0).max(60)])
    .describe('Degrees between e and v*; random: each trial has a teacher of its own, uniform within 60 degrees of e'),
  stepInputs: z
    .union([z.literal('all'), z.int().min(1).max(100_000)])
    .describe('all: the exact mean over all inputs; or how many fresh ones a step draws'),
};
const rho = z.number().positive().describe('How many times as fast v learns as a');

type OfTeacher = { readonly [Name in keyof typeof ofTeacher]: z.infer<(typeof ofTeacher)[Name]> };

/** What a problem's trials are computed with, and what its figure draws. */
export interface Instance {
  readonly teacher: Teacher;
  readonly arm: Arm;
  /** Whether each trial draws the angle between shortcut and teacher. */
  readonly randomAngle: boolean;
  /** Inputs of a step; absent where the gradient is exact. */
  readonly batch?: number;
}

const teacherOf = ({ patches, patchInputs, sumRatio, teacherAngle }: OfTeacher): Teacher =>
  teacher({
    ...{ k: patches, p: patchInputs, r: sumRatio },
    ...(teacherAngle !== 'random' && { shortcutAngle: (teacherAngle * Math.PI) / 180 }),
  });

/** facts.md, "Arms": one rate of 5 / k without the shortcut. */
const armOf = (name: ArmName, { patches }: OfTeacher, ratio: number): Arm =>
  name === 'plain' ? plain(5 / patches) : withShortcut(name, ratio);

const instanceOf = (name: ArmName, specification: OfTeacher, ratio = NaN): Instance => ({
  teacher: teacherOf(specification),
  arm: armOf(name, specification, ratio),
  randomAngle: specification.teacherAngle === 'random',
  ...(specification.stepInputs === 'all' ? {} : { batch: specification.stepInputs }),
});

const stored = z.object({ ...ofTeacher, rho: rho.optional() });

/** Of a row: its problem by name, and the values of its axes. @throws ZodError */
export function instanceOfRow(problem: string, axes: Axes): Instance {
  const { rho: ratio, ...specification } = stored.parse(axes);
  return instanceOf(z.enum(armNames).parse(problem), specification, ratio);
}

/** Of what is usual, nothing. */
const teacherText = ({ patches, patchInputs, sumRatio, teacherAngle, stepInputs }: OfTeacher): string =>
  [
    `k = ${patches}, p = ${patchInputs}, r = ${sumRatio}`,
    ...(teacherAngle === 60
      ? []
      : [`teacher at ${teacherAngle === 'random' ? 'random angles' : `${teacherAngle} degrees`}`]),
    ...(stepInputs === 'all' ? [] : [`${stepInputs} inputs a step`]),
  ].join(', ');

/** Imports what runs a trial. */
const load = async (name: ArmName) => {
  const { runOnce } = await import('./model/trials.js');
  return (specification: OfTeacher, seed: number, ratio?: number) => {
    const instance = instanceOf(name, specification, ratio);
    return (number: number) => runOnce({ ...instance, seed }, number).end;
  };
};

const outcomes = { outcomes: endPoints, success: 'global' } as const;

const plainArm = numericalProblem({
  name: 'plain',
  axes: ofTeacher,
  check: teacherOf,
  label: (specification) => `plain descent, ${teacherText(specification)}`,
  ...outcomes,
  load: () => load('plain'),
});

const shortcutArm = (name: Exclude<ArmName, 'plain'>, title: string): NumericalProblem =>
  numericalProblem({
    name,
    axes: { ...ofTeacher, rho },
    check: teacherOf,
    label: (specification) =>
      `descent with shortcut, ${title}, ${teacherText(specification)}, rho = ${specification.rho}`,
    ...outcomes,
    load: async () => {
      const prepare = await load(name);
      return (specification, seed) => prepare(specification, seed, specification.rho);
    },
  });

export const problems: readonly NumericalProblem[] = [
  plainArm,
  shortcutArm('constant-rates', 'constant rates'),
  shortcutArm('warm-up', 'warm-up'),
  shortcutArm('layer-wise', 'layer by layer'),
];
