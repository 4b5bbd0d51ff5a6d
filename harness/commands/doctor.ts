import type { CommandModule } from 'yargs';
import type { Check } from '../setup/checks.js';

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

/** Prints what is there and what is missing. @returns 0 where Table 2 could run, 1 where something that it needs is missing */
export async function doctor(json: boolean, output: NodeJS.WritableStream = process.stdout): Promise<number> {
  const { examine } = await import('../setup/checks.js');
  const checks = await examine();
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
