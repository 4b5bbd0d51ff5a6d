/**
 * The program in a process of its own, with other surroundings: `node main-process.mjs '{"worker": [...], "slotNamespace": …}' table2 …`.
 * Every step is taken to be of one size, so that nothing is traced before the first worker starts.
 */
import { built } from '../../bootstrap/project.mjs';

const [{ main }, { papers }] = await Promise.all([
  built('harness', 'cli', 'main.js'),
  built('experiments', 'index.js'),
]);
const [changes = '{}', ...args] = process.argv.slice(2);
process.exitCode = await main(args, {
  environment: process.env,
  output: process.stdout,
  messages: process.stderr,
  papers: async () => papers,
  /** @param {import('../../harness/plan/paper/network.js').Network} network */
  sizeOf: (network) => ({
    ...{ parameters: 1e6, peakBytes: 1e9, flops: 1e10, bytesMoved: 1e9, operations: 1000 },
    distinctOperations: network.shortened(1).key,
  }),
  ...JSON.parse(changes),
});
