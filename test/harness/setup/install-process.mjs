/** A set-up in a process of its own, so that it can be killed or meet another one; prints how it went. */
import process from 'node:process';
import { installLibrary } from '../../../dist/harness/setup/install-library.js';

const { catalogue, cache } = JSON.parse(process.env.INSTALLATION);
const say = (text) => process.stdout.write(`${text}\n`);
const progress = { step: say, bytes: () => undefined, warn: () => undefined };
try {
  say(`installed ${await installLibrary({ catalogue, set: 'cpu', cache, environment: process.env, progress })}`);
} catch (error) {
  say(`failed ${error.code}`);
}
