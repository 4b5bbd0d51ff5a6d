/** What a profile trains in place of a printed network, said in words. */
import { firstFit, type RowFacts } from '../condition.js';
import type { Profile } from '../profile/profile-file.js';

/** The row as it is trained, or the reason why it is not. */
export function trainedRow(row: RowFacts, profile: Profile): RowFacts | { readonly none: string } {
  const layers = firstFit(profile.trained.Nwarp, row);
  const width = firstFit(profile.trained.kw, row);
  const none = layers?.none ?? width?.none;
  if (none !== undefined) return { none };
  // A rule makes networks smaller, never larger.
  return {
    ...row,
    Nwarp: Math.min(row.Nwarp, layers?.becomes ?? row.Nwarp),
    kw: Math.min(row.kw, width?.becomes ?? row.kw),
  };
}

const number = new Intl.NumberFormat('en-US');

/** `Nwarp 3 -> 1`; nothing when equal. */
export const change = (what: string, published: number, ours: number): string[] =>
  published === ours ? [] : [`${what} ${number.format(published)} -> ${number.format(ours)}`];

/** `80,000 -> 450 steps`; nothing when equal. */
export const amount = (published: number, ours: number, unit: string): string[] =>
  published === ours ? [] : [`${number.format(published)} -> ${number.format(ours)} ${unit}`];
