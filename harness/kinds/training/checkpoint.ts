/**
 * A training's state between two steps, as a safetensors file. Its bytes depend on the cell and the step alone, not on time
 * or on how often the run was interrupted: on `cpu:N` a resumed run ends with the same file as one never interrupted.
 */
import { existsSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { ErrorCell } from './job.js';
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { evaluationSchema, type Evaluation } from './result.js';
import { encodeSafetensors, readSafetensors, type NamedTensor } from './safetensors.js';

export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Loss of the last step; null before the first. */
  readonly loss: number | null;
  /** Every evaluation so far; the best is one of them. */
  readonly evaluations: readonly Evaluation[];
  /** Weights, `momentum/<weight>` and running statistics, in the network's order. */
  readonly tensors: readonly NamedTensor[];
}

const schemaVersion = 1;

const metadataSchema = z.object({
  schema: z.literal(String(schemaVersion)),
  /** Its id, which depends on the numerics version too. */
  cell: z.string(),
  step: z.coerce.number().int().min(0),
  loss: z.coerce.number().optional(),
  evaluations: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(z.array(evaluationSchema)),
});

/** @throws Problem DISK_FULL; the last checkpoint is then still whole. */
export function writeCheckpoint(path: string, cell: Pick<ErrorCell, 'id' | 'training'>, checkpoint: Checkpoint): void {
  const metadata = {
    schema: String(schemaVersion),
    cell: cell.id,
    seed: String(cell.training.seed),
    step: String(checkpoint.step),
    ...(checkpoint.loss === null ? {} : { loss: String(checkpoint.loss) }),
    evaluations: JSON.stringify(checkpoint.evaluations),
  };
  writeAtomically(path, encodeSafetensors({ metadata, tensors: checkpoint.tensors }));
}

/**
 * The checkpoint of this cell, or undefined where there is none to go on from. One that cannot be read, or belongs to another
 * cell, is put aside as `….damaged` and `report` told why: starting afresh beats failing at every retry.
 */
export function readCheckpoint(
  path: string,
  cell: Pick<ErrorCell, 'id'>,
  report: (why: string) => void,
): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { metadata, tensors } = readSafetensors(path);
    const parsed = metadataSchema.safeParse(metadata);
    if (!parsed.success) throw new Problem('CHECKPOINT_INVALID', `${path} was written by another version`);
    if (parsed.data.cell !== cell.id)
      throw new Problem('CHECKPOINT_INVALID', `${path} belongs to cell ${parsed.data.cell}`);
    const { step, loss, evaluations } = parsed.data;
    return { step, loss: loss ?? null, evaluations, tensors };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const aside = `${path}.damaged`;
    renameSync(path, aside);
    report(`${error.message}; kept as ${aside}, starting from the first step`);
    return undefined;
  }
}
