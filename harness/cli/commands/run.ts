/** `reproduce run FILE`: runs a matrix of the user's own. */
import { command } from '../command.js';
import { experimentOptions, file, runOptions } from '../options/options.js';
import { runTables } from '../run-tables.js';
import { askForNetworks } from '../tables-asked.js';

export const runCommand = command({
  positionals: file,
  options: { ...experimentOptions, ...runOptions },
  needsTensorFlow: askForNetworks,
  run: runTables,
});
