/** Projected speed-ups for the places of a plan that this machine lacks the devices for, from operation times measured here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentPlan } from '../plan/plan.js';
import { entryKey, validationFolder, type Projection } from '../report/index.js';
import type { TimingResult } from '../result/result.js';
import { validationFiles, type ValidationFile } from '../commands/validate-projection.js';
import type { CellOutcome } from '../report/measured/write-results.js';

/** Projections by place, of those whose operations have been timed. `folder`: where a validation would be. */
export async function projectPlaces(
  plan: ExperimentPlan,
  outcomes: ReadonlyMap<string, CellOutcome>,
  folder: string,
): Promise<Map<string, Projection>> {
  const protocols = new Map(plan.cells.map(({ protocol }) => [protocol.name, protocol]));
  const entries = plan.tables.flatMap(({ entries, alsoShown }) => [...entries, ...alsoShown]);
  const timed = entries.flatMap((entry) => {
    const { projection } = entry;
    const protocol = protocols.get(entry.protocol);
    if (projection === null || projection.skipped || protocol === undefined) return [];
    const timing = timingOf(outcomes.get(projection.cell));
    return timing?.operations === undefined
      ? []
      : [{ key: entryKey(entry), projection, protocol, operations: timing.operations, otherLoad: timing.otherLoad }];
  });
  if (timed.length === 0) return new Map();
  // The step graphs need tfjs, which takes longer to load than a report without projections to write.
  const { PlaceProjector } = await import('./planned-projection.js');
  const projector = new PlaceProjector();
  const validation = readValidation(join(validationFolder(folder), validationFiles.summary));
  return new Map(
    timed.map(({ key, projection, protocol, operations, otherLoad }) => {
      const { percent, hardware, estimatedShare } = projector.project(projection, protocol, operations);
      const checked = validation?.hardware === hardware ? validation : null;
      const validationError = checked?.meanDifferencePct ?? null;
      return [
        key,
        { percent, validationError, validated: checked?.layouts ?? 0, hardware, estimatedShare, otherLoad },
      ] as const;
    }),
  );
}

const timingOf = (outcome: CellOutcome | undefined): TimingResult | undefined =>
  outcome?.result?.kind === 'timing' ? outcome.result : undefined;

/** Trusted: written by `validate-projection`. */
const readValidation = (path: string): ValidationFile | null =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ValidationFile) : null;
