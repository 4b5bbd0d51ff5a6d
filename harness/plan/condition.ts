/** `{ K: 2, kw: [4, 6] }`: which rows a rule of a YAML file is for. */
import { z } from 'zod';
import { datasetNames, type DatasetName } from './cell.js';

export const networkNames = ['WarpNet1', 'WarpNet2', 'WRN'] as const;
export type NetworkName = (typeof networkNames)[number];

export const warpFactor = z.int().min(2).max(6);
export const warpLayers = z.int().min(1).max(100);
export const widening = z.int().min(1).max(64);

const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1)]).optional();

/** Keys left out fit everything. */
export const conditionShape = {
  dataset: oneOrMore(z.enum(datasetNames)),
  network: oneOrMore(z.enum(networkNames)),
  K: oneOrMore(warpFactor),
  Nwarp: oneOrMore(warpLayers),
  kw: oneOrMore(widening),
};
export type Condition = z.infer<z.ZodObject<typeof conditionShape>>;

/** What conditions look at. */
export interface RowFacts {
  readonly dataset: DatasetName;
  readonly network: NetworkName;
  readonly K: number;
  readonly Nwarp: number;
  readonly kw: number;
}

/** Whether every key of the condition holds. */
export function fits(condition: Condition, row: RowFacts): boolean {
  return (
    holds(condition.dataset, row.dataset) &&
    holds(condition.network, row.network) &&
    holds(condition.K, row.K) &&
    holds(condition.Nwarp, row.Nwarp) &&
    holds(condition.kw, row.kw)
  );
}

function holds<T>(wanted: T | readonly T[] | undefined, value: T): boolean {
  if (wanted === undefined) return true;
  return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
}

/** The first rule that fits. */
export const firstFit = <Rule extends Condition>(rules: readonly Rule[], row: RowFacts): Rule | undefined =>
  rules.find((rule) => fits(rule, row));
