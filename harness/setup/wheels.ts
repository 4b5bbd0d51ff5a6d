/** Which pip wheels carry the library: pinned in bootstrap/wheels.json by version and SHA-256. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inProject } from '../core/project.js';

const wheelSchema = z.strictObject({
  /** As pip takes it: `tensorflow-cpu==2.21.0`. */
  requirement: z.string().regex(/^[\w.-]+==[\w.]+$/),
  file: z.string().regex(/^[\w.]+-[\w.]+-[\w.]+-[\w.]+-[\w.]+\.whl$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Size of the file. */
  bytes: z.number().int().positive(),
  /** Size of what is kept of it. */
  unpackedBytes: z.number().int().nonnegative(),
});
const catalogueSchema = z.strictObject({
  tensorflow: z.string(),
  sets: z.strictObject({ cpu: z.array(wheelSchema).min(1), gpu: z.array(wheelSchema).min(1) }),
});

export type Wheel = z.infer<typeof wheelSchema>;
export type WheelCatalogue = z.infer<typeof catalogueSchema>;

export const readWheelCatalogue = (file = inProject('bootstrap', 'wheels.json')): WheelCatalogue =>
  catalogueSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

/** What of a wheel is kept: the library, the headers that the addon includes, NVIDIA's libraries, its assembler and libdevice. */
export function keptOfWheel(path: string): boolean {
  return (
    /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(path) ||
    /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/)/.test(
      path,
    ) ||
    /^nvidia\/[^/]+\/lib\/.*\.so/.test(path) ||
    /^nvidia\/cuda_nvcc\/(bin|nvvm)\//.test(path)
  );
}
