import type { CommandModule } from 'yargs';
import { Problem } from '../problem.js';
import { inProject } from '../project.js';
import type { Check } from '../setup/check.js';

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

/** The paper's data sets and the embedded one, which stands in where CIFAR is missing: only damage to it stops Table 2. */
async function dataChecks(cacheFolder: string): Promise<Check[]> {
  const { datasetStatus } = await import('../../datasets/status.js');
  try {
    const all = await datasetStatus(cacheFolder);
    return all
      .filter(({ folder }) => folder !== null)
      .map(({ title, available, description, missing }) => ({
        name: title,
        status: available ? 'ok' : 'warning',
        detail: description,
        ...(missing === null ? {} : { hint: missing }),
      }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, hint } = error;
    return [{ name: 'data sets', status: 'missing', detail: message, ...(hint === undefined ? {} : { hint }) }];
  }
}

/** Prints what is there and what is missing. @returns 0 where Table 2 could run, 1 where something that it needs is missing */
export async function doctor(json: boolean, output: NodeJS.WritableStream = process.stdout): Promise<number> {
  const { examine } = await import('../setup/checks.js');
  const groups = await Promise.all([examine(), dataChecks(inProject('datasets', 'cache'))]);
  const checks = groups.flat();
  const ready = checks.every(({ status }) => status !== 'missing');
  output.write(`${json ? JSON.stringify({ ready, checks }, null, 2) : formatChecks(checks)}\n`);
  return ready ? 0 : 1;
}

export const doctorCommand: CommandModule<object, { json: boolean }> = {
  command: 'doctor',
  describe: 'Say what is there, what is missing and how to get it',
  builder: (yargs) => yargs.option('json', { type: 'boolean', default: false, describe: 'Print JSON' }),
  handler: async ({ json }) => {
    process.exitCode = await doctor(json);
  },
};
