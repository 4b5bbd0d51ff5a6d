import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { paperFile } from '../../../harness/plan/paper/paper.js';
import { editorSchemas } from '../../../harness/plan/yaml/editor-schema.js';
import { papers } from '../../support/papers.js';

const schemas = papers.all.flatMap((paper) =>
  [...editorSchemas(paper)].map(([file, schema]) => [paperFile(paper, file), schema] as const),
);

// After a change of the zod schemas: npx vitest run test/harness/plan/editor-schema.test.ts -u
describe('the JSON Schemas for editors', () => {
  it.each(schemas)('%s is what the zod schema says', async (file, schema) => {
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
    await expect(text).toMatchFileSnapshot(file);
  });
});
