/** `gpu-check`: whether the cards here compute what the CPU does, and tell their times truly. */
import { exitCodes } from '../../core/exit-codes.js';
import { checkGpus, whyNoCards } from '../../gpu-check/gpu-check.js';
import type { Finding } from '../../gpu-check/finding.js';
import { command } from '../command.js';
import { pick } from '../options/options.js';

/** Exit code 0 where all checks pass, 1 where one fails or there is no card. */
export const gpuCheckCommand = command({
  positionals: {},
  options: pick('json'),
  needsTensorFlow: async (_, { environment }) => (await whyNoCards(environment)) === undefined,
  run: async ({ json }, { environment, output }) => {
    const reason = await whyNoCards(environment);
    if (reason !== undefined) {
      output.write(
        json ? `${JSON.stringify({ passed: false, reason, findings: [] }, null, 2)}\n` : withoutCards(reason),
      );
      return exitCodes.usage;
    }
    const { cards, findings } = await checkGpus(environment, (finding) => {
      if (!json) output.write(`${lineOf(finding)}\n`);
    });
    const passed = findings.every(({ outcome }) => outcome !== 'failed');
    if (json) output.write(`${JSON.stringify({ passed, cards, findings }, null, 2)}\n`);
    else output.write(passed ? 'All of it passed.\n' : 'Some of it failed: see above.\n');
    return passed ? exitCodes.done : exitCodes.usage;
  },
});

const withoutCards = (reason: string): string =>
  `There is no GPU to check here: ${reason}.\nTables are made on CPU cores here; \`npm run reproduce -- doctor\` says what else there is.\n`;

const words = { passed: 'ok', failed: 'FAILED', 'left-out': 'left out' } as const;

const lineOf = ({ name, outcome, detail }: Finding): string => `${words[outcome].padEnd(8)}  ${name}: ${detail}`;
