/** Options by environment variables: `--reports-folder` is WARPNET_REPORTS_FOLDER. The command line goes before them. */
import type { Options } from 'yargs';
import { Problem } from '../../core/problem.js';
import type { OptionTable } from '../command.js';

const pattern = 'WARPNET_OPTION';

export const variableOf = (option: string): string =>
  pattern.replace('OPTION', option.replaceAll('-', '_').toUpperCase());

/**
 * The options with what the environment says as their defaults. An empty variable says nothing; several values are separated by
 * commas.
 * @throws Problem USAGE for a value that the option does not take
 */
export const withEnvironment = (options: OptionTable, environment: NodeJS.ProcessEnv): OptionTable =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => {
      const text = environment[variableOf(name)];
      return [name, text === undefined || text === '' ? option : { ...option, default: valueOf(name, option, text) }];
    }),
  );

function valueOf(name: string, option: Options, text: string): unknown {
  if (option.type === 'boolean') {
    if (/^(1|true|yes|on)$/i.test(text)) return true;
    if (/^(0|false|no|off)$/i.test(text)) return false;
    throw wrong(name, text, 'Use 1 or 0.');
  }
  if (option.type === 'number') return Number(text);
  if (option.choices !== undefined && !option.choices.includes(text))
    throw wrong(name, text, `It is one of ${option.choices.join(', ')}.`);
  return option.array === true ? text.split(',') : text;
}

const wrong = (name: string, text: string, hint: string): Problem =>
  new Problem('USAGE', `${variableOf(name)} is "${text}"`, hint);
