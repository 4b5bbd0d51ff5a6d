/** Words for facts that a plan holds typed. */
import type { Reduction } from '../plan/matrix/shrink.js';
import type { ProfileName } from '../plan/profile/profile-name.js';
import { grouped } from './evaluate/digits.js';

/** What is counted is named after its number: `80,000 → 300 steps`; what is a size, before: `batch 128 → 64`. */
const countedThings = new Set(['steps', 'training images', 'validation images']);

/** `width 4 → 1`, `80,000 → 300 steps`. */
export function reductionText({ what, printed, ours }: Reduction): string {
  const change = `${grouped(printed)} → ${grouped(ours)}`;
  return countedThings.has(what) ? `${change} ${what}` : `${what} ${change}`;
}

const profileBanners: Readonly<Record<ProfileName, string | null>> = {
  quick:
    'Quick profile: errors come from smaller networks and shorter training than the paper’s; step times from the paper’s own networks.',
  auto: 'Profile auto: step times of the paper’s networks; errors from smaller networks and shorter training.',
  paper: null,
};
export const profileBanner = (profile: ProfileName): string | null => profileBanners[profile];

/** Absolute paths of at least two steps, as they stand in messages; not those of web addresses. */
const absolutePaths = /(?<![\w:/.<~-])\/(?:[\w@+.-]+\/)+[\w@+-]+(?:\.[\w@+-]+)*/gu;

/** A sentence for people elsewhere: of a path of this machine, its last name alone. */
export const withoutPaths = (sentence: string): string =>
  sentence.replace(absolutePaths, (path) => `…/${path.split('/').at(-1) ?? ''}`);

/** `8`, `3 to 5`. */
export function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? String(low) : `${low} to ${high}`;
}

/** `1 seed`, `3 seeds`. */
export const counted = (count: number, [one, several]: readonly [one: string, several: string]): string =>
  `${count} ${count === 1 ? one : several}`;
