/** Parses a command line and does what it says. */
import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { Problem } from '../core/problem.js';
import { inProject } from '../core/project.js';
import { checkArguments, withRequiredValues } from './argument-checks.js';
import type { Command, CommandEntry, ProgramSurroundings } from './command.js';

/**
 * @param entries the commands that there are
 * @returns the exit code
 * @throws Problem USAGE, and what commands throw
 */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: ProgramSurroundings,
  entries: readonly CommandEntry[],
): Promise<number> {
  let exitCode = 0;
  const parser = yargs([])
    .scriptName('reproduce')
    .usage('$0 TABLE… | --all\n\nRegenerates the tables of papers, each number beside the printed one.');
  for (const entry of entries) {
    let command: Command | undefined;
    parser.command(
      entry.synopsis,
      entry.description,
      (parsing: Argv) => {
        const loading = entry.load();
        const take = (loaded: Command): Argv => described(parsing, (command = loaded));
        // At once where it can be: the program's own help does not wait.
        return loading instanceof Promise ? loading.then(take) : take(loading);
      },
      async (args: Readonly<Record<string, unknown>>) => {
        if (command === undefined) throw new Error(`Internal error: ${entry.synopsis} was not loaded`);
        checkArguments(command, args);
        if (entry.tensorFlow && args['engine'] !== 'cpu') await surroundings.setUp?.();
        exitCode = await command.run(args as never, surroundings);
      },
    );
  }
  let text = '';
  await parser
    .strict()
    .version(versionOfProgram())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, surroundings.output.columns ?? 80))
    // Otherwise `--set a=1 TABLE` would take the table as another setting.
    .parserConfiguration({ 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      // What yargs itself throws is about the command line too.
      if (error !== undefined && error.name !== 'YError') throw error;
      const hint = '`npm run reproduce -- --help` lists commands and options.';
      throw new Problem('USAGE', error?.message ?? message ?? 'this cannot be read', hint);
    })
    // pnpm hands on the `--` that npm takes out.
    .parseAsync(argv[0] === '--' ? argv.slice(1) : [...argv], {}, (_error, _args, output) => {
      text = output;
    });
  if (text !== '') surroundings.output.write(`${text}\n`);
  return exitCode;
}

function described(parser: Argv, { positionals, options }: Command): Argv {
  for (const [name, positional] of Object.entries(positionals)) parser.positional(name, positional);
  return parser.options(withRequiredValues(options));
}

function versionOfProgram(): string {
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { readonly version: string };
  return version;
}
