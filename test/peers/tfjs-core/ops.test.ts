/** Every op test of tfjs-core whose kernels the traced engine registers. */
import { readdirSync } from 'node:fs';

const folder = new URL('../../../node_modules/@tensorflow/tfjs-core/dist/ops/', import.meta.url);
for (const file of readdirSync(folder).filter((name) => name.endsWith('_test.js'))) {
  await import(/* @vite-ignore */ new URL(file, folder).pathname);
}
