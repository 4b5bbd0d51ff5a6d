/** Which command lines have TensorFlow's library set up first. */
import { expect, it } from 'vitest';
import { parsed } from '../../support/idle-commands.js';

const stepsOf = async (...argv: string[]): Promise<readonly string[]> => (await parsed(argv)).steps;

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
  // Of numerical problems, which no engine computes.
  [['shortcut']],
  [['shortcut/plain', 'shortcut/sampled']],
  [['run', 'experiments/shortcut/tables/plain.yaml', '--paper', 'shortcut']],
  [['--engine=cpu', 'table2']],
  // The value of an option is not taken for the command.
  [['--profile', 'quick', 'plan', 'table2']],
])('%j only runs', async (argv) => {
  expect(await stepsOf(...argv)).toEqual(['run']);
});

it.each([
  [['table2']],
  [['--all']],
  [['run', 'experiments/warpnet/tables/table2.yaml', '--engine', 'eager']],
  [['shortcut', 'table2']],
  [['bench']],
  [['validate-projection']],
  [['--reports-folder', 'plan', 'table2']],
])('%j sets up first', async (argv) => {
  expect(await stepsOf(...argv)).toEqual(['set up', 'run']);
});

it.each([[['--help']], [['table2', '--help']], [['--version']]])('%j does neither', async (argv) => {
  expect(await stepsOf(...argv)).toEqual([]);
});
