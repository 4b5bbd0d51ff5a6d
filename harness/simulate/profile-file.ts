/** A step's profile as a JSON file, so that operation times measured on one machine can be used on another. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { StepProfile } from '../engine/step-graph.js';
import { Problem } from '../problem.js';

const index = z.number().int().min(0);
/** Times of operations that were not run are NaN, which JSON writes as null. */
const times = z.array(z.number().nullable()).transform((values) => Float64Array.from(values, (value) => value ?? NaN));

const profileSchema = z.object({
  format: z.literal('warpnet-step-profiles'),
  version: z.literal(1),
  profiles: z.array(
    z.object({
      graph: z.object({
        devices: z.number().int().min(1),
        variableBytes: z.array(z.number()),
        operations: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            device: index,
            pass: z.enum(['forward', 'backward', 'update']),
            inputs: z.array(z.object({ operation: index, output: index, bytes: z.number() })),
            control: z.array(index),
            outputs: z.array(z.object({ shape: z.array(z.number()), bytes: z.number() })),
            flops: z.number(),
          }),
        ),
      }),
      start: z.array(times),
      duration: z.array(times),
      span: z.array(z.number()),
      hardware: z.object({ kind: z.enum(['cpu', 'gpu']), model: z.string() }),
    }),
  ),
});

export function writeProfiles(path: string, profiles: readonly StepProfile[]): void {
  const plain = profiles.map((profile) => ({
    ...profile,
    start: profile.start.map((step) => Array.from(step)),
    duration: profile.duration.map((step) => Array.from(step)),
  }));
  writeFileSync(path, `${JSON.stringify({ format: 'warpnet-step-profiles', version: 1, profiles: plain })}\n`);
}

/** @throws Problem PROFILE_INVALID where the file is missing or is not a profile. */
export function readProfiles(path: string): StepProfile[] {
  try {
    return profileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).profiles;
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? ''}`
        : (error as Error).message;
    throw new Problem(
      'PROFILE_INVALID',
      `${path} is not a step profile (${reason})`,
      'Write one with `reproduce validate-projection`.',
    );
  }
}
