/** A small numerical problem of a paper that is tried from many seeded starts: what a row names where there is no network. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import type { Axes, Axis } from './network.js';

/** The name of the outcome of a trial, counted from 0: a pure function of specification, seed and number. */
export type Trial = (number: number) => string;

/** A problem with its type of specification shut in. */
export interface NumericalProblem {
  /** As matrices name it. */
  readonly name: string;
  /** What chooses one of its instances; their values are the specification, plain data that jobs store. */
  readonly axes: Readonly<Record<string, Axis>>;
  /** @throws Problem SPECIFICATION_INVALID, and of the instance */
  parse(specification: unknown): Axes;
  /** As tables show it. */
  label(specification: Axes): string;
  /** How trials can end. */
  readonly outcomes: readonly string[];
  /** The outcome that counts as success. */
  readonly success: string;
  /** Imports what computes a trial. */
  load(): Promise<(specification: Axes, seed: number) => Trial>;
}

type Specification<Shape extends Readonly<Record<string, Axis>>> = {
  readonly [Name in keyof Shape]: z.infer<Shape[Name]>;
};

export interface NumericalProblemDefinition<Shape extends Readonly<Record<string, Axis>>, Outcome extends string> {
  readonly name: string;
  readonly axes: Shape;
  /** Refuses what has no instance though each axis by itself is right. @throws Problem */
  readonly check?: (specification: Specification<Shape>) => void;
  readonly label: (specification: Specification<Shape>) => string;
  readonly outcomes: readonly Outcome[];
  readonly success: Outcome;
  readonly load: () => Promise<(specification: Specification<Shape>, seed: number) => (number: number) => Outcome>;
}

export function numericalProblem<const Shape extends Readonly<Record<string, Axis>>, const Outcome extends string>(
  definition: NumericalProblemDefinition<Shape, Outcome>,
): NumericalProblem {
  const { name, axes, check, label, outcomes, success, load } = definition;
  const stored = z.strictObject(axes);
  const parse = (specification: unknown): Axes & Specification<Shape> => {
    const parsed = stored.safeParse(specification);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = [name, ...(issue?.path ?? [])].join('.');
      throw new Problem('SPECIFICATION_INVALID', `${where}: ${issue?.message ?? 'cannot be'}`);
    }
    const instance = parsed.data as unknown as Axes & Specification<Shape>;
    check?.(instance);
    return instance;
  };
  return {
    name,
    axes,
    parse,
    label: (specification) => label(parse(specification)),
    outcomes,
    success,
    load: async () => {
      const prepare = await load();
      return (specification, seed) => prepare(parse(specification), seed);
    },
  };
}
