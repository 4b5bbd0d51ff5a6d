/** The machine and software of an attempt. */
import { z } from 'zod';

export const environmentSchema = z.strictObject({
  host: z.string(),
  /** `linux 6.1.0 x64`. */
  os: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** Model of each GPU the worker could see; empty on CPU. */
  gpus: z.array(z.string()),
  driver: z.string().nullable(),
  node: z.string(),
  tensorflow: z.string(),
  engine: z.enum(['traced', 'eager', 'cpu']),
  devices: z.string(),
  deterministic: z.boolean(),
  tf32: z.boolean(),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
  /** What git says where it names no commit of a checkout. */
  gitTrouble: z.string().optional(),
});
export type Environment = z.infer<typeof environmentSchema>;
