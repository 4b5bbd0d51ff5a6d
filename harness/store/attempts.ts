/** `attempts.jsonl`: who began a job, when, and how it ended. Append-only; the newest generation in it only ever grows. */
import { z } from 'zod';
import { failureKinds } from './failure.js';
import { appendJsonLine, readJsonLines } from '../core/files/json-lines.js';
import { refuseOtherSchema, runFile, runSchemaVersion } from './run-folder.js';

const shared = {
  schema: z.literal(runSchemaVersion),
  /** Of the lease under which this was written. */
  generation: z.number().int().min(1),
  attempt: z.number().int().min(1),
  /** ISO 8601, UTC. */
  at: z.string(),
};

export const attemptLineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('began'), ...shared, host: z.string(), devices: z.string() }),
  /** A worker whose scheduler died is watched by a new scheduler. */
  z.strictObject({ type: z.literal('adopted'), ...shared, host: z.string() }),
  /** A finished run was copied from that host. */
  z.strictObject({ type: z.literal('imported'), ...shared, host: z.string() }),
  z.strictObject({
    type: z.literal('ended'),
    ...shared,
    outcome: z.enum([
      /** The result was written. */
      'done',
      'failed',
      /** Stopped on request, after a checkpoint. */
      'stopped',
      /** Its scheduler and its worker were both killed, or the machine went down. */
      'interrupted',
    ]),
    failure: z.enum(failureKinds).nullable(),
    /** By a clock that does not jump; null where nobody watched. */
    seconds: z.number().nullable(),
  }),
]);
export type AttemptLine = z.infer<typeof attemptLineSchema>;

/** @throws Problem RUN_SCHEMA when another version of the program wrote it. */
export function readAttempts(folder: string): AttemptLine[] {
  const path = runFile(folder, 'attempts');
  return readJsonLines(path, (value) => {
    refuseOtherSchema(path, value);
    return attemptLineSchema.safeParse(value).data;
  });
}

/** @throws Problem DISK_FULL, NOT_WRITABLE */
export function appendAttempt(folder: string, line: AttemptLine): void {
  appendJsonLine(runFile(folder, 'attempts'), line);
}
