/** What a finished job on operations measured: a price an operation. */
import { z } from 'zod';
import { sharedResult } from '../result.js';
import { operationTimesSchema } from './operation-times.js';

export const operationsResultSchema = z.strictObject({
  kind: z.literal('operations'),
  ...sharedResult,
  hardware: z.string(),
  /** Share of the cores' time that others took meanwhile, 0 … 1; null where the system does not tell. */
  otherLoad: z.number().nullable(),
  times: operationTimesSchema,
});
export type OperationsResult = z.infer<typeof operationsResultSchema>;
