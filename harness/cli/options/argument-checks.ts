/** What yargs lets through though no option means it: an option twice, an empty text, a number that is none. */
import type { Options } from 'yargs';
import { Problem } from '../../core/problem.js';
import type { Command, OptionTable } from '../command.js';

const wrong = (message: string, hint: string): Problem => new Problem('USAGE', message, hint);

/** Options as yargs is given them: each that is no switch wants a value. */
export const withRequiredValues = (options: OptionTable): Record<string, Options> =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      option.type === 'boolean' || option.nargs !== undefined ? option : { ...option, requiresArg: true },
    ]),
  );

/** @throws Problem USAGE */
export function checkArguments({ positionals, options }: Command, args: Readonly<Record<string, unknown>>): void {
  for (const [name, option] of Object.entries(options)) checkOption(name, option, args[name]);
  for (const name of Object.keys(positionals))
    for (const value of [args[name]].flat())
      if (value === '') throw wrong(`<${name}> is empty`, 'Leave it out, or name something.');
}

function checkOption(name: string, option: Options, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value) && option.array !== true && (option.nargs ?? 1) === 1)
    throw wrong(`--${name} is given ${value.length} times`, 'Give it once.');
  for (const one of [value].flat()) {
    if (one === '') throw wrong(`--${name} is empty`, 'Leave it out, or give it a value.');
    if (option.type === 'number' && !(Number.isSafeInteger(one) && Number(one) >= 1))
      throw wrong(`--${name} wants a whole number from 1`, `Such as --${name} ${String(option.default ?? 2)}.`);
  }
}
