import { expect, it, vi } from 'vitest';
import { openPlainEngine } from '../../../../harness/engine/plain/plain-engine.js';

vi.mock('@tensorflow/tfjs-node-gpu', () => {
  throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: …\nPlease run …');
});

it('the eager engine without its addon says what to do', async () => {
  await expect(openPlainEngine({ backend: 'tensorflow' })).rejects.toMatchObject({
    name: 'Problem',
    code: 'ADDON_MISSING',
    message: expect.stringMatching(
      /^The eager engine needs the addon of tfjs-node-gpu, which does not load: .+/,
    ) as string,
    hint: expect.stringContaining('make setup') as string,
  });
});
