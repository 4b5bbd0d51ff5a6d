/** Names of tables, which name files of a report as well. */
import { z } from 'zod';

/** What a report's folder has beside its tables, without endings. */
const ofReports: ReadonlySet<string> = new Set([
  ...[
    'errors',
    'timing',
    'operations',
    'projections',
    'summary',
    'tables',
    'provenance',
    'index',
    'section',
    'questions',
  ],
  // Figures that are no table's own, and what a bundle adds.
  ...['fit', 'validation', 'projection-validation', 'inputs', 'ro-crate-metadata', 'readme'],
]);

export const tableId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and -')
  .refine((id) => !ofReports.has(id), 'A file of the report has this name; give the table another');
