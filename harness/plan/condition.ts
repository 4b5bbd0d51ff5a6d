/** `{ depth: 2, width: [4, 6] }`: which rows a rule of a YAML file is for. */
import { z } from 'zod';
import { datasetNames, type DatasetName } from './dataset-facts.js';
import { allAxes, type Paper } from './paper/paper.js';
import type { Axes, Scalar } from './paper/network.js';
import type { RowFacts } from './paper/row-facts.js';
import { distinct } from './yaml/distinct.js';

/** Keys of a rule that are conditions; those left out fit everything. */
export interface Condition {
  readonly dataset?: DatasetName | readonly DatasetName[] | undefined;
  readonly network?: string | readonly string[] | undefined;
  readonly problem?: string | readonly string[] | undefined;
}

/** What conditions look at: a row is of a network on a data set, or of a numerical problem. */
export interface ConditionFacts extends Partial<Pick<RowFacts, 'dataset' | 'network'>> {
  readonly problem?: string;
  readonly axes: Axes;
}

const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, distinct(value).min(1)]).optional();

/**
 * A strict object with the paper's conditions among its keys. The type names the fixed keys only: values of axes are read
 * by `fits`.
 */
export function conditional<Shape extends z.ZodRawShape>(paper: Paper, shape: Shape) {
  const conditions = {
    dataset: oneOrMore(z.enum(datasetNames)),
    network: oneOrMore(z.enum(paper.systems.map(({ name }) => name))),
    problem: oneOrMore(z.enum(paper.problems.map(({ name }) => name))),
  };
  const axesOfRows = allAxes(paper);
  const taken = Object.keys(axesOfRows).filter((name) => Object.hasOwn({ ...conditions, ...shape }, name));
  if (taken.length > 0)
    throw new Error(`Internal error: ${paper.id} has an axis called ${taken.join(' and ')}, as other keys are`);
  const axes = Object.fromEntries(Object.entries(axesOfRows).map(([name, schema]) => [name, oneOrMore(schema)]));
  return z.strictObject({ ...ofPaper(paper, conditions), ...axes, ...shape }) as unknown as z.ZodObject<
    typeof conditions & Shape
  >;
}

/** Without the key of what the paper has none of: `network`, or `problem`. */
export function ofPaper<Value>(
  { systems, problems }: Paper,
  keys: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const none = new Set([...(systems.length > 0 ? [] : ['network']), ...(problems.length > 0 ? [] : ['problem'])]);
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !none.has(key)));
}

/** Whether every condition among the keys of the rule holds. */
export function fits(rule: Condition, row: ConditionFacts): boolean {
  const wanted = rule as Readonly<Record<string, unknown>>;
  return (
    holds(wanted['dataset'], row.dataset) &&
    holds(wanted['network'], row.network) &&
    holds(wanted['problem'], row.problem) &&
    Object.entries(row.axes).every(([axis, value]) => holds(wanted[axis], value))
  );
}

function holds(wanted: unknown, value: Scalar | undefined): boolean {
  if (wanted === undefined) return true;
  return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
}

/** The first rule that fits. */
export const firstFit = <Rule extends Condition>(rules: readonly Rule[], row: ConditionFacts): Rule | undefined =>
  rules.find((rule) => fits(rule, row));
