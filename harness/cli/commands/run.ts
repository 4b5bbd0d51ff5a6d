/** `reproduce run FILE`: runs a matrix of the user's own. */
import { command } from '../command.js';
import { experimentOptions, file, runOptions } from '../options.js';
import { runTables } from '../run-tables.js';

export const runCommand = command({
  positionals: file,
  options: { ...experimentOptions, ...runOptions },
  run: runTables,
});
