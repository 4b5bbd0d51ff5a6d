/** The places of the table of memory: each backward pass on RevNets of several depths. */
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Quantity } from '../../../harness/report/evaluate/quantity.js';
import type { GrowthPoint } from '../../../harness/report/measured/growth.js';

/** By the names that `tables/memory.yaml` gives their protocols: the row of the paper's Table 1. */
export const techniques: Readonly<Record<string, string>> = {
  plain: 'naive',
  'checkpoints every sqrt(n) units': 'checkpointing',
  'recursive checkpoints': 'recursive checkpointing',
  'reversible, 4N': 'reversible',
  'reversible, 5N': 'reversible',
};
export const [plainPass, , , fourfold, fivefold] = Object.keys(techniques) as [string, string, string, string, string];

/** One backward pass, the shallowest network first. */
export interface PassSeries {
  /** As its protocol is called. */
  readonly name: string;
  /** In the paper's Table 1. */
  readonly technique: string;
  readonly places: readonly EvaluatedEntry[];
}

export const unitsOf = ({ entry }: EvaluatedEntry): number => Number(entry.printed?.facts['unitsPerStage'] ?? NaN);

/** In the order of Table 1; places of other tables are left out. */
export function passSeries(places: readonly EvaluatedEntry[]): PassSeries[] {
  return Object.entries(techniques).flatMap(([name, technique]) => {
    const own = places.filter(({ entry }) => entry.protocol === name && entry.printed?.system === 'RevNet');
    return own.length === 0 ? [] : [{ name, technique, places: own.toSorted((a, b) => unitsOf(a) - unitsOf(b)) }];
  });
}

/** How a quantity grows along a series. */
export const growthOf = ({ places }: PassSeries, of: (place: EvaluatedEntry) => Quantity): GrowthPoint[] =>
  places.flatMap((place) => {
    const { value } = of(place);
    return value === null ? [] : [{ x: unitsOf(place), value }];
  });
