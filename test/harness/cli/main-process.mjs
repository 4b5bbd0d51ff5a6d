/** The program in a process of its own, with fake workers: `node main-process.mjs '{"worker": [...], "slotNamespace": …}' table2 …`. */
import { built } from '../../../bootstrap/project.mjs';

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
  ...JSON.parse(changes),
});
