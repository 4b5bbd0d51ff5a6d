import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { Problem } from '../../core/problem.js';
import { inProject } from '../../core/project.js';

interface BenchArguments {
  readonly names?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly rounds?: number | undefined;
  readonly quick: boolean;
  readonly json: boolean;
  readonly 'reports-folder'?: string | undefined;
}

/** Measures the engine against its peers. @returns exit code 0, also where a goal is missed or a peer is not there */
export async function benchmark(
  args: BenchArguments,
  output: NodeJS.WritableStream = process.stdout,
  messages: NodeJS.WritableStream = process.stderr,
): Promise<number> {
  const rounds = args.rounds ?? (args.quick ? 2 : 10);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Problem('USAGE', `${rounds} is not a number of rounds`, 'Use --rounds 10, or any whole number from 1.');
  const { bench, benchJson } = await import('../../../bench/run.js');
  const report = await bench({
    only: [...(args.names ?? []), ...(args.only ?? [])],
    rounds,
    quick: args.quick,
    folder: join(args['reports-folder'] ?? inProject('reports'), 'bench'),
    say: (line) => messages.write(`${line}\n`),
  });
  const { benchMarkdown } = await import('../../../bench/markdown.js');
  output.write(args.json ? `${JSON.stringify(benchJson(report), null, 2)}\n` : benchMarkdown(report));
  return 0;
}

export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench [names..]',
  describe: 'Measure the engine against Keras, PyTorch and eager tfjs, side by side on this machine',
  builder: (yargs) =>
    yargs
      .positional('names', { type: 'string', array: true, describe: 'As --only' })
      .option('only', {
        type: 'string',
        array: true,
        describe: 'Benchmarks, networks or peers whose name contains this',
      })
      .option('rounds', { type: 'number', describe: 'Turns of each program (10)' })
      .option('quick', { type: 'boolean', default: false, describe: 'Tiny networks, two rounds: to see that it works' })
      .option('json', { type: 'boolean', default: false, describe: 'Print bench.json instead of the table' })
      .option('reports-folder', { type: 'string', describe: 'Where reports are kept (reports/)' }),
  handler: async (args) => {
    process.exitCode = await benchmark(args);
  },
};
