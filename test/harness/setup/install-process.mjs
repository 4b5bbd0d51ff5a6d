/** A set-up in a process of its own, so that it can be killed or meet another one; prints how it went. */
import process from 'node:process';

const { installLibrary } = await import(
  new URL('../../../dist/harness/setup/install-library.js', import.meta.url).href
);
const { catalogue, cache } = JSON.parse(process.env['INSTALLATION'] ?? '');

/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);
const progress = { step: say, bytes: () => undefined, warn: () => undefined };
try {
  say(`installed ${await installLibrary({ catalogue, set: 'cpu', cache, environment: process.env, progress })}`);
} catch (error) {
  say(`failed ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`);
}
