/** WarpNet's networks at the places of its tables. */
import type { EvaluatedEntry } from '../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../harness/report/evaluate/evidence.js';

/** `WRN`, `WarpNet1`, `WarpNet2`; null for a network that the paper only quotes. */
export const systemOf = ({ entry }: EvaluatedEntry): string | null => entry.printed?.system ?? null;
export const isWrn = (place: EvaluatedEntry): boolean => systemOf(place) === 'WRN';
export const isWarpNet = (place: EvaluatedEntry): boolean => systemOf(place) !== null && !isWrn(place);

/** NaN for a network that the paper only quotes. */
const numberOn =
  (axis: string) =>
  ({ entry }: EvaluatedEntry): number =>
    Number(entry.axes?.[axis] ?? NaN);
export const widthOf = numberOn('kw');
/** Residual units a warp layer; a WRN has none. */
export const unitsOf = (place: EvaluatedEntry): number => (isWrn(place) ? NaN : numberOn('K')(place));
export const depthOf = ({ entry }: EvaluatedEntry): number => Number(entry.printed?.facts['depth'] ?? NaN);

/** Same data, depth and width. */
export const isSameTask = (a: EvaluatedEntry, b: EvaluatedEntry): boolean =>
  a.entry.dataset === b.entry.dataset && depthOf(a) === depthOf(b) && widthOf(a) === widthOf(b);

/** The table that a place's printed row stands in. */
export const printedTable = ({ entry }: EvaluatedEntry, { printed }: Evidence): string | null =>
  (entry.published === null ? undefined : printed.rows.get(entry.published))?.table ?? null;

/** Places of printed rows of these tables. */
export const inTables = (
  places: readonly EvaluatedEntry[],
  evidence: Evidence,
  tables: readonly string[],
): EvaluatedEntry[] => places.filter((place) => tables.includes(printedTable(place, evidence) ?? ''));

export const atRow = (places: readonly EvaluatedEntry[], id: string): EvaluatedEntry | undefined =>
  places.find(({ entry }) => entry.published === id);
