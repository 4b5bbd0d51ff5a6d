/** JSON Schemas for editors, made from the zod schemas; a test keeps the files in `experiments/` equal to these. */
import { z } from 'zod';
import type { Paper } from '../paper/paper.js';
import { matrixSchema } from '../matrix/matrix-file.js';
import { derivedProfileSchema, fullProfileSchema } from '../profile/profile-file.js';
import { derivedProtocolSchema, fullProtocolSchema } from '../profile/protocol-file.js';

const sourcesOf = (paper: Paper): Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> => ({
  'tables/schema.json': { title: 'Rows of a table', schema: matrixSchema(paper) },
  'protocols/schema.json': {
    title: 'Protocol',
    schema: z.union([fullProtocolSchema(paper), derivedProtocolSchema(paper)]),
  },
  'profiles/schema.json': {
    title: 'Profile',
    schema: z.union([fullProfileSchema(paper), derivedProfileSchema(paper)]),
  },
});

/** JSON Schema objects by file of the paper's folder. */
export function editorSchemas(paper: Paper): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(sourcesOf(paper)).map(([file, { title, schema }]) => [
      file,
      { title, ...z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override: dropIdleBounds }) },
    ]),
  );
}

/** zod bounds every whole number by what a double can hold; nobody needs to read that. */
function dropIdleBounds({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
