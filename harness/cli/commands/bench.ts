/** `bench`: the engine against its peers. */
import { join } from 'node:path';
import { benchMarkdown } from '../../../bench/markdown.js';
import { bench, benchJson } from '../../../bench/run.js';
import { exitCodes } from '../../core/exit-codes.js';
import { inWorkplace } from '../../core/project.js';
import { command } from '../command.js';
import { pick } from '../options/options.js';

/** Exit code 0 also where a goal is missed or a peer is not there. */
export const benchCommand = command({
  positionals: { names: { type: 'string', array: true, describe: 'As --only' } },
  options: {
    only: { type: 'string', array: true, describe: 'Benchmarks, networks or peers whose name contains this' },
    rounds: { type: 'number', describe: 'Turns of each program (10)' },
    quick: { type: 'boolean', default: false, describe: 'Tiny networks, two rounds: to see that it works' },
    ...pick('reports-folder'),
    json: { type: 'boolean', default: false, describe: 'Print bench.json instead of the table' },
  },
  run: async (args, { output, messages }) => {
    const report = await bench({
      only: [...(args.names ?? []), ...(args.only ?? [])],
      rounds: args.rounds ?? (args.quick ? 2 : 10),
      quick: args.quick,
      folder: join(args.reportsFolder ?? inWorkplace('reports'), 'bench'),
      say: (line) => messages.write(`${line}\n`),
    });
    output.write(args.json ? `${JSON.stringify(benchJson(report), null, 2)}\n` : benchMarkdown(report));
    return exitCodes.done;
  },
});
