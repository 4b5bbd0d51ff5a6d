/** How much of the work is done: `auto` where nobody chose. */
export const profileNames = ['quick', 'paper', 'auto'] as const;
export type ProfileName = (typeof profileNames)[number];
