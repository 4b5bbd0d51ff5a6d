/** `doctor`: what is there, what is missing and how to get it. Changes nothing. */
import { datasetStatus, standInSentence } from '../../../datasets/status.js';
import { exitCodes } from '../../core/exit-codes.js';
import { Problem } from '../../core/problem.js';
import { inWorkplace } from '../../core/project.js';
import type { Check } from '../../setup/check.js';
import { examine } from '../../setup/checks.js';
import { command } from '../command.js';
import { pick } from '../options/options.js';
import { describeDevices, detectHardware, selectDevices } from '../../run/devices/machine.js';

/** Exit code 0 where tables could be made, 1 where something that they need is missing. */
export const doctorCommand = command({
  positionals: {},
  options: pick('json'),
  run: async ({ json }, { environment, output }) => {
    const groups = await Promise.all([
      examine(environment),
      devicesCheck(environment),
      dataChecks(inWorkplace('datasets', 'cache')),
    ]);
    const checks = groups.flat();
    const ready = checks.every(({ status }) => status !== 'missing');
    output.write(`${json ? JSON.stringify({ ready, checks }, null, 2) : formatChecks(checks)}\n`);
    return ready ? exitCodes.done : exitCodes.usage;
  },
});

/** What a run takes where nobody says `--devices`. */
async function devicesCheck(environment: NodeJS.ProcessEnv): Promise<Check> {
  try {
    const selected = selectDevices(undefined, await detectHardware(environment));
    return { name: 'devices', status: 'ok', detail: describeDevices(selected) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, hint } = error;
    return { name: 'devices', status: 'missing', detail: message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** A line a check, and below it the way to get what is missing. */
export function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, status, detail, hint }) => {
      const line = `${status.padEnd(7)}  ${name.padEnd(width)}  ${detail}`;
      return hint === undefined || status === 'ok' ? line : `${line}\n${' '.repeat(width + 11)}-> ${hint}`;
    })
    .join('\n');
}

/** Data sets that can be fetched, and the embedded one, which stands in where they are missing: only damage to it stops the tables. */
async function dataChecks(cacheFolder: string): Promise<Check[]> {
  try {
    const all = await datasetStatus(cacheFolder);
    return all
      .filter(({ folder }) => folder !== null)
      .map((status) => {
        const { title, available, description, missing } = status;
        // As a run says it when it begins, with the way to change it.
        const standIn = standInSentence(status);
        return {
          name: title,
          status: available ? 'ok' : 'warning',
          detail: standIn ?? description,
          ...(missing === null || standIn !== null ? {} : { hint: missing }),
        };
      });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, hint } = error;
    return [{ name: 'data sets', status: 'missing', detail: message, ...(hint === undefined ? {} : { hint }) }];
  }
}
