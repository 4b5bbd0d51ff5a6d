import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'warpnet-tables', include: ['test/**/*.test.ts'], exclude: ['test/peers/**'] } },
      // tfjs-core's own op tests on the traced engine.
      './test/peers/tfjs-core/vitest.config.ts',
    ],
    globalSetup: ['test/setup/build.ts'],
    // TensorFlow's library cannot be loaded twice into one process, so each file has a process of its own.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    reporters: process.env['CI'] === 'true' ? ['default', 'json'] : ['default'],
    outputFile: { json: 'reports/test/results.json' },
    // The library announces itself and its CPU features on standard error otherwise.
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  },
});
