/** The profile of one table: sections that it has for itself take the place of those for all. */
import type { Profile } from './profile-file.js';

export function profileOfTable(profile: Profile, table: string): Profile {
  const own = profile.tables?.[table] ?? {};
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...profile, ...set };
}
