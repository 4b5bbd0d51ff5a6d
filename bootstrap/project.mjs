import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * An absolute path inside the project.
 * @param {...string} parts
 */
export const inProject = (...parts) => join(root, ...parts);

/**
 * A module of the compiled program.
 * @param {...string} parts
 */
export const built = (...parts) => import(pathToFileURL(inProject('dist', ...parts)).href);

/** @param {string} text */
export const say = (text) => process.stderr.write(`${text}\n`);
