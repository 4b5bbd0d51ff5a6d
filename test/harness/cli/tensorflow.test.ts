/** Which command lines have TensorFlow's library set up first. */
import { expect, it } from 'vitest';
import { commands } from '../../../experiments/commands.js';
import { catalogue } from '../../../harness/cli/catalogue.js';
import { runCommandLine } from '../../../harness/cli/command-line.js';
import { papers } from '../../support/papers.js';

async function stepsOf(...argv: string[]): Promise<string[]> {
  const steps: string[] = [];
  const stream = { write: () => true };
  const surroundings = {
    environment: {},
    output: stream,
    messages: stream,
    papers: async () => papers,
    worker: [],
    setUp: async () => void steps.push('set up'),
  };
  const entries = [...catalogue, ...commands].map((entry) => ({
    ...entry,
    load: async () => ({ ...(await entry.load()), run: () => (steps.push('run'), 0) }),
  }));
  await runCommandLine(argv, surroundings, entries);
  return steps;
}

it.each([
  [['plan', '--all']],
  [['doctor']],
  [['setup']],
  [['report']],
  [['status', '--json']],
  [['clean']],
  [['import', 'there']],
  [['data', 'cifar10']],
  [['wait']],
  [['cancel']],
  [['fit']],
  [['whatif', '--devices', '8']],
  [['table2', '--engine', 'cpu']],
  [['--engine=cpu', 'table2']],
  // The value of an option is not taken for the command.
  [['--profile', 'quick', 'plan', 'table2']],
])('%j only runs', async (argv) => {
  expect(await stepsOf(...argv)).toEqual(['run']);
});

it.each([
  [['table2']],
  [['--all']],
  [['run', 'my.yaml', '--engine', 'eager']],
  [['retry']],
  [['bench']],
  [['validate-projection']],
  [['--reports-folder', 'plan', 'table2']],
])('%j sets up first', async (argv) => {
  expect(await stepsOf(...argv)).toEqual(['set up', 'run']);
});

it.each([[['--help']], [['table2', '--help']], [['--version']]])('%j does neither', async (argv) => {
  expect(await stepsOf(...argv)).toEqual([]);
});
