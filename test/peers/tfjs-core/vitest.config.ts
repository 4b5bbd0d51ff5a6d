/** Runs tfjs-core's own op tests against the traced engine (or, with PEER_BACKEND=eager, against tfjs-node-gpu as the reference). */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const core = resolve(root, 'node_modules/@tensorflow/tfjs-core/dist');

export default defineConfig({
  root,
  resolve: {
    // One copy of tfjs-core, the one that the tests import by relative paths.
    alias: [
      { find: /^@tensorflow\/tfjs-core$/, replacement: `${core}/index.js` },
      { find: /^@tensorflow\/tfjs$/, replacement: resolve(here, 'registrations.ts') },
      { find: /^(\.\.?\/)+jasmine_util$/, replacement: resolve(here, 'jasmine-util.ts') },
    ],
  },
  test: {
    name: 'tfjs-core ops',
    include: [resolve(here, '*.test.ts')],
    pool: 'forks',
    testTimeout: 20_000,
    globals: true,
    setupFiles: [resolve(here, 'jasmine-globals.ts')],
    server: { deps: { inline: [/@tensorflow\/tfjs-core/] } },
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
