/** What a profile trains in place of a printed network, said in words. */
import { firstFit } from '../condition.js';
import type { Scalar } from '../paper/network.js';
import type { RowFacts } from '../paper/row-facts.js';
import type { Profile } from '../profile/profile-file.js';

/** The row as it is trained, or the reason why it is not. */
export function trainedRow(row: RowFacts, profile: Profile): RowFacts | { readonly none: string } {
  const axes: Record<string, Scalar> = { ...row.axes };
  for (const [axis, rules] of Object.entries(profile.trained)) {
    const rule = firstFit(rules ?? [], row);
    if (rule?.none !== undefined) return { none: rule.none };
    const published = axes[axis];
    // A rule makes networks smaller, never larger.
    if (rule?.becomes !== undefined && typeof published === 'number') axes[axis] = Math.min(published, rule.becomes);
  }
  return { ...row, axes };
}

/** Something that is less than published: `{ what: 'steps', printed: 80000, ours: 450 }`. */
export interface Reduction {
  readonly what: string;
  readonly printed: number;
  readonly ours: number;
}

/** Nothing when equal. */
export const reduction = (what: string, printed: number, ours: number): Reduction[] =>
  printed === ours ? [] : [{ what, printed, ours }];

/** The axes on which the trained row is smaller than the printed one. */
export const axisReductions = (printed: RowFacts, trained: RowFacts): Reduction[] =>
  Object.entries(printed.axes).flatMap(([axis, value]) => {
    const ours = trained.axes[axis];
    return typeof value === 'number' && typeof ours === 'number' ? reduction(axis, value, ours) : [];
  });
