/**
 * A training's state between two steps, as a safetensors file. Its bytes depend on the job and the step alone, not on time
 * or on how often the run was interrupted: on `cpu:N` a resumed run ends with the same file as one never interrupted.
 * A checksum over all that is read back tells a damaged one, whose numbers would be silently wrong.
 */
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { TrainingJob } from './job.js';
import { canonicalJson } from '../../plan/canonical-json.js';
import { Problem } from '../../core/problem.js';
import { writeAtomically } from '../../core/files/atomic-write.js';
import { evaluationSchema, type Evaluation } from './result.js';
import { encodeSafetensors, readSafetensors, type NamedTensor, type SafetensorsFile } from './safetensors.js';

export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** Which of the training's networks it is of, counted from 1; undefined where there is one. */
  readonly phase?: number | undefined;
  /** Loss of the last step; null before the first. */
  readonly loss: number | null;
  /** Every evaluation so far; the best is one of them. */
  readonly evaluations: readonly Evaluation[];
  /** Weights, `momentum/<weight>` and running statistics, in the network's order. */
  readonly tensors: readonly NamedTensor[];
}

/** 1 had no checksum. */
const schemaVersion = 2;

const metadataSchema = z.object({
  /** Its id, which depends on the numerics version too. */
  job: z.string(),
  step: z.coerce.number().int().min(0),
  phase: z.coerce.number().int().min(1).optional(),
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
export function writeCheckpoint(path: string, job: Pick<TrainingJob, 'id' | 'training'>, checkpoint: Checkpoint): void {
  const { tensors } = checkpoint;
  const metadata = {
    schema: String(schemaVersion),
    job: job.id,
    seed: String(job.training.seed),
    step: String(checkpoint.step),
    ...(checkpoint.phase === undefined ? {} : { phase: String(checkpoint.phase) }),
    ...(checkpoint.loss === null ? {} : { loss: String(checkpoint.loss) }),
    evaluations: JSON.stringify(checkpoint.evaluations),
  };
  const sha256 = checksumOf({ metadata, tensors });
  writeAtomically(path, encodeSafetensors({ metadata: { ...metadata, sha256 }, tensors }));
}

/** SHA-256 over metadata and over each tensor's name, shape and bytes, in their order. */
function checksumOf({ metadata, tensors }: SafetensorsFile): string {
  const hash = createHash('sha256').update(canonicalJson(metadata));
  for (const { name, shape, values } of tensors)
    hash
      .update(`\n${name} [${shape.join()}]\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
}

/**
 * The checkpoint of this job, or undefined where there is none to go on from. One that is damaged, or belongs to another
 * job, is put aside as `….damaged` and `report` told why: starting afresh beats failing at every retry.
 */
export function readCheckpoint(
  path: string,
  job: Pick<TrainingJob, 'id'>,
  report: (why: string) => void,
): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return contentsOf(path, readSafetensors(path), job);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const aside = `${path}.damaged`;
    renameSync(path, aside);
    report(`${error.message}; kept as ${aside}, starting from the first step`);
    return undefined;
  }
}

/** @throws Problem CHECKPOINT_INVALID */
function contentsOf(path: string, file: SafetensorsFile, job: Pick<TrainingJob, 'id'>): Checkpoint {
  const { sha256, ...metadata } = file.metadata;
  const invalid = (why: string) => new Problem('CHECKPOINT_INVALID', `${path} ${why}`);
  const { schema = 'unknown' } = metadata;
  if (schema !== String(schemaVersion))
    throw invalid(`is of format ${schema}, and this version reads ${schemaVersion}`);
  if (sha256 !== checksumOf({ metadata, tensors: file.tensors }))
    throw invalid('is damaged: its contents are not those of its checksum');
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) throw invalid('was written by another version');
  const { job: owner, step, phase, loss, evaluations } = parsed.data;
  if (owner !== job.id) throw invalid(`belongs to job ${owner}`);
  return { step, phase, loss: loss ?? null, evaluations, tensors: file.tensors };
}
