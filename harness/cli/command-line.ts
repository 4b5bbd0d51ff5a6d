/** Parses a command line and does what it says. */
import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { exitCodes } from '../core/exit-codes.js';
import { terminalColumns } from '../core/terminal-columns.js';
import { Problem } from '../core/problem.js';
import { inProject } from '../core/project.js';
import { checkArguments, withRequiredValues } from './options/argument-checks.js';
import type { Command, CommandEntry, ProgramSurroundings } from './command.js';
import { withEnvironment } from './options/environment-options.js';

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
  const { output, environment } = surroundings;
  const { call, text } = await parse(argv, entries, environment, Math.min(100, terminalColumns(output)));
  if (text !== '') output.write(`${text}\n`);
  if (call === null) return exitCodes.done;
  const { entry, command, args } = call;
  checkArguments(command, args);
  if (entry.tensorFlow && args['engine'] !== 'cpu' && surroundings.setUp !== undefined) {
    // Only the eager engine needs the addon, and what names no engine may compare all of them.
    const addon = args['engine'] === undefined || args['engine'] === 'eager';
    if ((await command.needsTensorFlow?.(args as never, surroundings)) ?? true) await surroundings.setUp({ addon });
  }
  return command.run(args as never, surroundings);
}

interface Call {
  readonly entry: CommandEntry;
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Parsed {
  /** Null where only help or the version is asked for. */
  readonly call: Call | null;
  /** Help, or the version. */
  readonly text: string;
}

/** @throws Problem USAGE */
async function parse(
  argv: readonly string[],
  entries: readonly CommandEntry[],
  environment: NodeJS.ProcessEnv,
  columns: number,
): Promise<Parsed> {
  let call: Call | null = null;
  let text = '';
  /** Of a command's file that does not load: what yargs makes of it is no answer to a user. */
  const loadErrors = new Set<unknown>();
  const parser = yargs([])
    .scriptName('reproduce')
    .usage('$0 TABLE… | --all\n\nRegenerates the tables of papers, each number beside the printed one.');
  for (const entry of entries) {
    let command: Command | undefined;
    parser.command(
      entry.synopsis,
      entry.description,
      (parsing: Argv) => {
        const take = (loaded: Command): Argv => described(parsing, (command = loaded), environment);
        const loading = entry.load();
        // At once where it can be: the program's own help does not wait.
        if (!(loading instanceof Promise)) return take(loading);
        return loading.then(take, (error: unknown) => {
          loadErrors.add(error);
          throw error;
        });
      },
      (args: Readonly<Record<string, unknown>>) => {
        if (command === undefined) throw new Error(`Internal error: ${entry.synopsis} was not loaded`);
        call = { entry, command, args };
      },
    );
  }
  parser
    .strict()
    .version(versionOfProgram())
    .help()
    .epilogue(
      'Every option has a variable: --reports-folder is WARPNET_REPORTS_FOLDER, and so on; the command line goes first.',
    )
    .alias('help', 'h')
    .wrap(columns)
    // Otherwise `--set a=1 TABLE` would take the table as another setting.
    .parserConfiguration({ 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new Error(message ?? 'It cannot be read');
    });
  try {
    // pnpm hands on the `--` that npm takes out.
    await parser.parseAsync(argv[0] === '--' ? argv.slice(1) : [...argv], {}, (_error, _args, said) => {
      text = said;
    });
  } catch (error) {
    if (loadErrors.has(error) || !(error instanceof Error) || error instanceof Problem) throw error;
    throw new Problem('USAGE', error.message, '`npm run reproduce -- --help` lists commands and options.');
  }
  return { call, text };
}

/** @throws Problem USAGE */
function described(parser: Argv, { positionals, options }: Command, environment: NodeJS.ProcessEnv): Argv {
  for (const [name, positional] of Object.entries(positionals)) parser.positional(name, positional);
  return parser.options(withRequiredValues(withEnvironment(options, environment)));
}

function versionOfProgram(): string {
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { readonly version: string };
  return version;
}
