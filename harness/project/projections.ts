/** Projected speed-ups for the places of a plan that this machine lacks the devices for, from operation times measured here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentPlan, PlannedEntry } from '../plan/plan.js';
import { entryKey, validationFolder, type Projection } from '../report/index.js';
import type { TimingResult } from '../store/result.js';
import { PlaceProjector } from './planned-projection.js';
import { validationFiles, type ValidationFile } from '../cli/commands/validate-projection.js';
import type { CellOutcome } from '../report/measured/write-results.js';

/** Projections by place, of those whose operations have been timed. `folder`: where a validation would be. */
export function projectPlaces(
  plan: ExperimentPlan,
  outcomes: ReadonlyMap<string, CellOutcome>,
  folder: string,
): Map<string, Projection> {
  const validation = readValidation(join(validationFolder(folder), validationFiles.summary));
  const projector = new PlaceProjector();
  const protocols = new Map(plan.cells.map(({ protocol }) => [protocol.name, protocol]));
  const projected = ({ projection, protocol: name }: PlannedEntry): Projection | null => {
    const protocol = protocols.get(name);
    if (projection === null || projection.skipped || protocol === undefined) return null;
    const timing = timingOf(outcomes.get(projection.cell));
    if (timing?.operations === undefined) return null;
    const { percent, hardware, estimatedShare } = projector.project(projection, protocol, timing.operations);
    const checked = validation?.hardware === hardware ? validation : null;
    return {
      percent,
      validationError: checked?.meanDifferencePct ?? null,
      validated: checked?.layouts ?? 0,
      hardware,
      estimatedShare,
      otherLoad: timing.otherLoad,
    };
  };
  const projections = new Map<string, Projection>();
  for (const entry of plan.tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown])) {
    const projection = projected(entry);
    if (projection !== null) projections.set(entryKey(entry), projection);
  }
  return projections;
}

const timingOf = (outcome: CellOutcome | undefined): TimingResult | undefined =>
  outcome?.result?.kind === 'timing' ? outcome.result : undefined;

/** Trusted: written by `validate-projection`. */
const readValidation = (path: string): ValidationFile | null =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ValidationFile) : null;
