/** The command line. Loads nothing heavy before a command needs it. */
import yargs, { type CommandModule } from 'yargs';
import { dataCommand } from './commands/data.js';
import { doctorCommand } from './commands/doctor.js';
import { cleanTargets, experimentOptions, runOptions } from './commands/options.js';
import { setupCommand } from './commands/setup.js';
import { realSurroundings, type Surroundings } from './commands/surroundings.js';
import { Problem } from './problem.js';
import { formatProblem } from './problem-format.js';

const failed = 1;

/** Runs the program and resolves to its exit code: 0 done, 1 usage or configuration, 2 a cell failed, 130 interrupted. */
export async function main(argv: readonly string[], surroundings: Surroundings = realSurroundings): Promise<number> {
  try {
    return await run(argv, surroundings);
  } catch (error) {
    surroundings.messages.write(`${explain(error, surroundings.environment)}\n`);
    return failed;
  }
}

async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  const tables = { type: 'string', array: true, describe: 'table2, table3, table4, table5, figure2, width …' } as const;
  await yargs([...argv])
    .scriptName('reproduce')
    .usage('$0 table2 … | --all\n\nRegenerates the tables of the WarpNet paper, each number beside the printed one.')
    .command(
      '$0 [tables..]',
      'Run what the tables need and is not there yet, and write the reports',
      (command) => command.positional('tables', tables).options(experimentOptions).options(runOptions),
      async (args) => {
        exitCode = await (await import('./commands/reproduce.js')).reproduce(args, surroundings);
      },
    )
    .command(
      'run <file>',
      'The same for a matrix file of your own',
      (command) =>
        command
          .positional('file', {
            type: 'string',
            demandOption: true,
            describe: 'A YAML file like those in experiments/',
          })
          .options(experimentOptions)
          .options(runOptions),
      async (args) => {
        exitCode = await (await import('./commands/reproduce.js')).reproduce(args, surroundings);
      },
    )
    .command(
      'report [tables..]',
      'Write the reports again from what has been measured',
      (command) => command.positional('tables', tables).options(experimentOptions),
      async (args) => {
        exitCode = await (await import('./commands/report.js')).reportCommand(args, surroundings);
      },
    )
    .command(
      'plan [tables..]',
      'Say what would run, what is reused, why each, and what it will take',
      (command) =>
        command
          .positional('tables', tables)
          .options(experimentOptions)
          .option('jobs', runOptions.jobs)
          .option('file', { type: 'string', describe: 'A matrix file of your own' })
          .option('explain', { type: 'boolean', default: false, describe: 'Name what changed since a similar run' }),
      async (args) => {
        exitCode = await (await import('./commands/plan.js')).planCommand(args, surroundings);
      },
    )
    .command(
      'status [tables..]',
      'Say how the runs stand, also while another process works on them',
      (command) =>
        command
          .positional('tables', tables)
          .options(experimentOptions)
          .option('watch', { type: 'boolean', default: false, describe: 'Keep looking until nothing runs' }),
      async (args) => {
        exitCode = await (await import('./commands/status.js')).statusCommand(args, surroundings);
      },
    )
    .command(
      'retry [ids..]',
      'Run again what failed; cells named by their id also when they are done',
      (command) =>
        command
          .positional('ids', { type: 'string', array: true, describe: 'Ids, or how they begin' })
          .options(experimentOptions)
          .options(runOptions),
      async (args) => {
        exitCode = await (await import('./commands/retry.js')).retryCommand(args, surroundings);
      },
    )
    .command(
      'clean [what..]',
      'Say what can be deleted, and delete it with --yes',
      (command) =>
        command
          .positional('what', { choices: cleanTargets, array: true, describe: cleanTargets.join(', ') })
          .options(pick('reports-folder', 'data-cache', 'json'))
          .option('yes', { type: 'boolean', alias: 'y', default: false, describe: 'Delete' }),
      async (args) => {
        exitCode = (await import('./commands/clean.js')).cleanCommand(args, surroundings);
      },
    )
    .command(
      'import <folder>',
      'Take over finished runs made on another machine',
      (command) =>
        command
          .positional('folder', { type: 'string', demandOption: true, describe: 'Its reports folder' })
          .options(pick('reports-folder', 'json'))
          .option('theirs', { type: 'boolean', default: false, describe: 'Of two results for a cell, take theirs' }),
      async (args) => {
        exitCode = (await import('./commands/import.js')).importCommand(args, surroundings);
      },
    )
    .command(leavingExitCode(dataCommand, (code) => (exitCode = code)))
    .command(leavingExitCode(doctorCommand, (code) => (exitCode = code)))
    .command(leavingExitCode(setupCommand, (code) => (exitCode = code)))
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    // Otherwise `--set a=1 table2` would take table2 as another setting.
    .parserConfiguration({ 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new Problem('USAGE', message, '`npm run reproduce -- --help` lists commands and options.');
    })
    .parseAsync();
  return exitCode;
}

/** Some of the shared options. */
function pick<Name extends keyof typeof experimentOptions>(...names: Name[]): Pick<typeof experimentOptions, Name> {
  return Object.fromEntries(names.map((name) => [name, experimentOptions[name]])) as Pick<
    typeof experimentOptions,
    Name
  >;
}

/** Some commands leave their exit code in `process.exitCode`. */
function leavingExitCode<T>(
  command: CommandModule<object, T>,
  leave: (code: number) => void,
): CommandModule<object, T> {
  return {
    ...command,
    handler: async (args) => {
      await command.handler(args);
      leave(Number(process.exitCode ?? 0));
    },
  };
}

function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof Problem) return formatProblem(error);
  const details = error instanceof Error ? (environment['DEBUG'] ? error.stack : error.message) : String(error);
  return [
    `Internal error: ${details ?? 'unknown'}`,
    'This is a bug of the program. Please report it with the command you ran and the output of the same command with DEBUG=1.',
  ].join('\n');
}
