import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { paperFile } from '../../../harness/plan/paper/paper.js';
import { editorSchemas } from '../../../harness/plan/yaml/editor-schema.js';
import { papers } from '../../support/papers.js';

// A paper that takes the usual protocols or profiles has no folder of its own for them, and must not get one here.
const schemas = papers.all
  .flatMap((paper) => [...editorSchemas(paper)].map(([file, schema]) => [paperFile(paper, file), schema] as const))
  .filter(([file]) => existsSync(dirname(file)));

// After a change of the zod schemas: npx vitest run test/harness/plan/editor-schema.test.ts -u
describe('the JSON Schemas for editors', () => {
  it.each(schemas)('%s is what the zod schema says', async (file, schema) => {
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
    await expect(text).toMatchFileSnapshot(file);
  });
});
