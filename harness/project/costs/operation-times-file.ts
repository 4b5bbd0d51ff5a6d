/** Operation times as a JSON file, so that those measured on one machine can be used on another. */
import { z } from 'zod';
import { readTextFile } from '../../core/files/read-file.js';
import { Problem } from '../../core/problem.js';
import { operationTimesSchema, type OperationTimes } from '../../kinds/operations/operation-times.js';

const fileSchema = z.object({
  format: z.literal('warpnet-operation-times'),
  version: z.literal(1),
  times: z.array(operationTimesSchema),
});

export const operationTimesText = (times: readonly OperationTimes[]): string =>
  `${JSON.stringify({ format: 'warpnet-operation-times', version: 1, times })}\n`;

/** @throws Problem PROFILE_INVALID where the file is missing or holds no operation times. */
export function readOperationTimes(path: string): OperationTimes[] {
  try {
    return fileSchema.parse(JSON.parse(readTextFile(path, { limit: 1 << 28 }))).times;
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? ''}`
        : (error as Error).message;
    throw new Problem(
      'PROFILE_INVALID',
      `${path} holds no operation times (${reason})`,
      'Write such a file with `npm run reproduce -- validate-projection`.',
    );
  }
}
