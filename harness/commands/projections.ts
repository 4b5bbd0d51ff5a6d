/** Projected speed-ups for the places of a plan that this machine lacks the devices for, from operation times measured here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryKey, type Projection } from '../report/index.js';
import { projectPlanned } from '../simulate/planned-projection.js';
import { readProfiles } from '../simulate/profile-file.js';
import { profiledMachine } from '../simulate/validation.js';
import type { Prepared } from './prepare.js';
import { validationFiles, type ValidationFile } from './validate-projection.js';

/**
 * Projections by place; none where no operation has been timed here (`validate-projection` does that), or only those of
 * another machine.
 */
export function projectPlaces({ plan, selected }: Prepared, folder: string): Map<string, Projection> {
  const projections = new Map<string, Projection>();
  const path = join(folder, validationFiles.profiles);
  if (!existsSync(path)) return projections;
  const machine = profiledMachine(readProfiles(path));
  if (machine.costs.hardware.model !== selected.model) return projections;
  const validation = readValidation(join(folder, validationFiles.summary));
  const protocols = new Map(plan.cells.map(({ protocol }) => [protocol.name, protocol]));
  for (const entry of plan.tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown])) {
    const protocol = protocols.get(entry.protocol);
    if (entry.projection === null || protocol === undefined) continue;
    const { percent, interval, hardware } = projectPlanned(entry.projection, protocol, machine);
    projections.set(entryKey(entry), {
      percent,
      interval,
      validationError: validation?.meanDifferencePct ?? null,
      validated: validation?.layouts ?? 0,
      hardware,
    });
  }
  return projections;
}

/** Trusted: written by `validate-projection`. */
const readValidation = (path: string): ValidationFile | null =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ValidationFile) : null;
