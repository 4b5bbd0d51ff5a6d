/** What a bundle keeps beside the CSVs so that its tables can be made again. */
import { z } from 'zod';
import type { ExperimentPlan } from '../../plan/plan.js';
import { profileNames } from '../../plan/profile/profile-name.js';
import { Problem } from '../../core/problem.js';
import { readCollected } from '../measured/collected.js';
import { failureSchema } from '../../store/failure.js';
import type { Projection } from '../evaluate/projection.js';
import type { Measurements } from '../measured/measurements.js';
import type { TableInputs } from '../render-report.js';

/** Where each input stands in a bundle. */
export const inputFiles = {
  plan: 'inputs/plan.json',
  projections: 'inputs/projections.json',
  failures: 'inputs/failures.json',
  errors: 'errors.csv',
  timing: 'timing.csv',
} as const;

const projectionSchema = z.object({
  percent: z.number(),
  validationError: z.number().nullable(),
  validated: z.number(),
  hardware: z.string(),
  estimatedShare: z.number().default(0),
  otherLoad: z.number().nullable().default(null),
});

/** Only as much of a plan as has to hold for tables to be made; the rest was written by this program. */
const planSchema = z.looseObject({
  profile: z.enum(profileNames),
  tables: z.array(z.looseObject({ id: z.string(), entries: z.array(z.unknown()), alsoShown: z.array(z.unknown()) })),
  cells: z.array(z.looseObject({ id: z.string(), kind: z.enum(['error', 'timing']) })),
});

export function inputTexts(
  plan: ExperimentPlan,
  projections: ReadonlyMap<string, Projection>,
  failures: Measurements['failures'],
): Map<string, string> {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  return new Map([
    [inputFiles.plan, json(plan)],
    [inputFiles.projections, json(Object.fromEntries(projections))],
    [inputFiles.failures, json(Object.fromEntries(failures))],
  ]);
}

/** Reads a bundle's inputs. @throws Problem BUNDLE_INVALID, CSV_INVALID */
export function readInputs(textOf: (name: string) => string | undefined): TableInputs {
  const text = (name: string): string => {
    const found = textOf(name);
    if (found === undefined) throw invalid(`${name} is missing`);
    return found;
  };
  const parsed = <T>(name: string, schema: z.ZodType<T>): T => {
    try {
      return schema.parse(JSON.parse(text(name)));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw invalid(`${name} cannot be read`);
    }
  };
  // Checked above as far as tables need it.
  const plan = parsed(inputFiles.plan, planSchema) as unknown as ExperimentPlan;
  const projections = new Map(Object.entries(parsed(inputFiles.projections, z.record(z.string(), projectionSchema))));
  const failures = new Map(Object.entries(parsed(inputFiles.failures, z.record(z.string(), failureSchema))));
  const results = readCollected(text(inputFiles.errors), text(inputFiles.timing));
  return { plan, projections, measurements: { results, failures } };
}

export const invalid = (why: string): Problem =>
  new Problem(
    'BUNDLE_INVALID',
    `Not a bundle of this program: ${why}`,
    'Bundles are made by `npm run reproduce -- report --bundle`.',
  );
