/** `reproduce TABLE…`: the command without a name. The program's own help shows its options, so only they are loaded at once. */
import { command } from '../command.js';
import { experimentOptions, runOptions, tables } from '../options/options.js';

export const reproduceCommand = command({
  positionals: tables,
  options: { ...experimentOptions, ...runOptions },
  needsTensorFlow: async (args, surroundings) =>
    (await import('../tables-asked.js')).askForNetworks(args, surroundings),
  run: async (args, surroundings) => (await import('../run-tables.js')).runTables(args, surroundings),
});
