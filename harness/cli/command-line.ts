/** All commands with their options. What a command does is loaded when it is called, and not before. */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { Problem } from '../core/problem.js';
import { benchCommand } from './commands/bench.js';
import { dataCommand } from './commands/data.js';
import { doctorCommand } from './commands/doctor.js';
import { fitCommand } from './commands/fit.js';
import { cleanTargets, experimentOptions, runOptions } from './options.js';
import { setupCommand } from './commands/setup.js';
import type { Surroundings } from './surroundings.js';
import { validateProjectionCommand } from './commands/validate-projection.js';
import { whatifCommand } from './commands/whatif.js';

const tables = {
  type: 'string',
  array: true,
  describe: 'table2, table3, table4, table5, figure2, width, seeds, readings',
} as const;

/** Parses a command line and does what it says. Resolves to the exit code. @throws Problem USAGE, and what commands throw */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0;
  /** A handler that loads its command and keeps what it resolves to. */
  const handle =
    <Args>(load: () => Promise<(args: Args, surroundings: Surroundings) => number | Promise<number>>) =>
    async (args: Args): Promise<void> => {
      exitCode = await (await load())(args, surroundings);
    };
  const reproduce = async () => (await import('./commands/reproduce.js')).reproduce;

  const parser = yargs([...argv])
    .scriptName('reproduce')
    .usage('$0 table2 … | --all\n\nRegenerates the tables of the WarpNet paper, each number beside the printed one.')
    .command(
      '$0 [tables..]',
      'Run what the tables need and is not there yet, and write the reports',
      (command) => command.positional('tables', tables).options(experimentOptions).options(runOptions),
      handle(reproduce),
    )
    .command(
      'run <file>',
      'The same for a matrix file of your own',
      (command) => withFile(command).options(experimentOptions).options(runOptions),
      handle(reproduce),
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
      handle(async () => (await import('./commands/plan.js')).planCommand),
    )
    .command(
      'status [tables..]',
      'Say how the runs stand, also while another process works on them',
      (command) =>
        command
          .positional('tables', tables)
          .options(experimentOptions)
          .option('watch', { type: 'boolean', default: false, describe: 'Keep looking until nothing runs' }),
      handle(async () => (await import('./commands/status.js')).statusCommand),
    )
    .command(
      'wait [tables..]',
      'Wait until nothing of it runs or is queued; exit code 2 where something failed',
      (command) => command.positional('tables', tables).options(experimentOptions),
      handle(async () => (await import('./commands/wait.js')).waitCommand),
    )
    .command(
      'cancel [tables..]',
      'Take jobs back from the Slurm queue; what runs writes a checkpoint first',
      (command) =>
        command
          .positional('tables', tables)
          .options(experimentOptions)
          .option('now', { type: 'boolean', default: false, describe: 'End what runs at once' }),
      handle(async () => (await import('./commands/cancel.js')).cancelCommand),
    )
    .command(
      'retry [ids..]',
      'Run again what failed; cells named by their id also when they are done',
      (command) =>
        command
          .positional('ids', { type: 'string', array: true, describe: 'Ids, or how they begin' })
          .options(experimentOptions)
          .options(runOptions),
      handle(async () => (await import('./commands/retry.js')).retryCommand),
    )
    .command(
      'report [tables..]',
      'Write the reports again from what has been measured',
      (command) =>
        command
          .positional('tables', tables)
          .options(experimentOptions)
          .option('projection', runOptions.projection)
          .option('bundle', { type: 'string', describe: 'Also write a zip to attach to a paper' })
          .option('keep-names', { type: 'boolean', default: false, describe: 'Leave user and host names in the zip' })
          .option('verify', { type: 'string', describe: 'Make every table of a zip again from its CSVs, and compare' })
          .option('compare', { type: 'string', array: true, nargs: 2, describe: 'Compare two report folders or zips' }),
      handle(async () => (await import('./commands/report.js')).reportCommand),
    )
    .command(
      'clean [what..]',
      'Say what can be deleted, and delete it with --yes',
      (command) =>
        command
          .positional('what', { choices: cleanTargets, array: true, describe: cleanTargets.join(', ') })
          .options(pick('reports-folder', 'data-cache', 'json'))
          .option('yes', { type: 'boolean', alias: 'y', default: false, describe: 'Delete' }),
      handle(async () => (await import('./commands/clean.js')).cleanCommand),
    )
    .command(
      'import <folder>',
      'Take over finished runs made on another machine',
      (command) =>
        command
          .positional('folder', { type: 'string', demandOption: true, describe: 'Its reports folder' })
          .options(pick('reports-folder', 'json'))
          .option('theirs', { type: 'boolean', default: false, describe: 'Of two results for a cell, take theirs' }),
      handle(async () => (await import('./commands/import.js')).importCommand),
    );
  const leave = (code: number) => {
    exitCode = code;
  };
  await parser
    .command(leavingExitCode(dataCommand, leave))
    .command(leavingExitCode(doctorCommand, leave))
    .command(leavingExitCode(setupCommand, leave))
    .command(leavingExitCode(fitCommand, leave))
    .command(leavingExitCode(whatifCommand, leave))
    .command(leavingExitCode(benchCommand, leave))
    .command(leavingExitCode(validateProjectionCommand, leave))
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, surroundings.output.columns ?? 80))
    // Otherwise `--set a=1 table2` would take table2 as another setting.
    .parserConfiguration({ 'greedy-arrays': false })
    .exitProcess(false)
    .fail((message, error: Error | undefined) => {
      throw error ?? new Problem('USAGE', message, '`npm run reproduce -- --help` lists commands and options.');
    })
    .parseAsync();
  return exitCode;
}

const withFile = (command: Argv) =>
  command.positional('file', {
    type: 'string',
    demandOption: true,
    describe: 'A YAML file like those in experiments/',
  });

/** Some of the shared options. */
function pick<Name extends keyof typeof experimentOptions>(...names: Name[]): Pick<typeof experimentOptions, Name> {
  return Object.fromEntries(names.map((name) => [name, experimentOptions[name]])) as Pick<
    typeof experimentOptions,
    Name
  >;
}

/** Some commands leave their exit code in `process.exitCode`. */
function leavingExitCode<Args>(
  command: CommandModule<object, Args>,
  leave: (code: number) => void,
): CommandModule<object, Args> {
  return {
    ...command,
    handler: async (args) => {
      await command.handler(args);
      leave(Number(process.exitCode ?? 0));
    },
  };
}
