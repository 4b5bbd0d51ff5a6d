import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { editorSchemas } from '../../../harness/plan/yaml/editor-schema.js';
import { inProject } from '../../../harness/core/project.js';

// After a change of the zod schemas: npx vitest run test/harness/experiment/editor-schema.test.ts -u
describe('the JSON Schemas for editors', () => {
  it.each([...editorSchemas().keys()])('experiments/%s is what the zod schema says', async (file) => {
    const text = await format(JSON.stringify(editorSchemas().get(file)), { parser: 'json', printWidth: 120 });
    await expect(text).toMatchFileSnapshot(inProject('experiments', file));
  });
});
