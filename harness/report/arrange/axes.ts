/** The axes of a table's rows: their values, and what tells places apart. */
import type { Scalar } from '../../plan/paper/network.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { groupBy } from '../groups.js';

/** The value of an axis; null for a network that the paper only quotes. */
export const axisValue = ({ entry }: EvaluatedEntry, axis: string): Scalar | null => entry.axes?.[axis] ?? null;

/** Different values of an axis, numbers ascending. */
export function valuesOf(places: readonly EvaluatedEntry[], axis: string): Scalar[] {
  const values = new Set(places.flatMap((place) => axisValue(place, axis) ?? []));
  return [...values].sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0));
}

/** Axes on which places differ. */
function differingAxes(places: readonly EvaluatedEntry[]): string[] {
  const axes = new Set(places.flatMap(({ entry }) => Object.keys(entry.axes ?? {})));
  return [...axes].filter((axis) => new Set(places.map((place) => axisValue(place, axis))).size > 1);
}

/**
 * Says which of `places` each item is about: `width 4, 6`, or nothing where it is about all of them.
 * @param textOf items of a place, as equal texts
 */
export function byAxes(
  places: readonly EvaluatedEntry[],
  textOf: (place: EvaluatedEntry) => readonly string[],
): { readonly text: string; readonly where: string | null }[] {
  const axes = differingAxes(places);
  const uses = groupBy(
    places.flatMap((place) => textOf(place).map((text) => ({ text, place }))),
    ({ text }) => text,
  );
  const all = describe(axes, places);
  return [...uses].map(([text, members]) => {
    const own = describe(
      axes,
      members.map(({ place }) => place),
    );
    return { text, where: own === all ? null : own };
  });
}

const describe = (axes: readonly string[], places: readonly EvaluatedEntry[]): string =>
  axes.map((axis) => `${axis} ${valuesOf(places, axis).join(', ')}`).join('; ');
