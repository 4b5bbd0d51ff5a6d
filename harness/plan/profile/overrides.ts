/** `--set momentum=0.8 --set training.steps=200`: single options changed on the command line. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { allowedNames } from '../yaml/nearest.js';
import type { Paper } from '../paper/paper.js';
import { optionsOf } from './protocol.js';
import { parseProtocolOption, type ProtocolChanges } from './protocol-file.js';

/** More steps than anybody waits for: a slip of the hand. */
const largestCount = 1e9;
const positive = z.coerce.number().int().min(1).max(largestCount);
const trainingSettings = z.strictObject({
  trainImages: positive,
  steps: positive,
  batch: positive,
  learningRate: z.coerce.number().positive(),
  weightDecay: z.coerce.number().min(0),
  evaluateEvery: positive,
});
const timingSettings = z.strictObject({
  batch: positive,
  warmup: z.coerce.number().int().min(0),
  warmupSeconds: z.coerce.number().min(0),
  rounds: positive,
  stepsPerRound: positive,
  turnSeconds: z.coerce.number().min(0),
  inputPipeline: z.stringbool(),
});

type Partly<Schema extends z.ZodType> = { readonly [Key in keyof z.infer<Schema>]?: z.infer<Schema>[Key] };

export interface Overrides {
  readonly protocol: ProtocolChanges;
  readonly training: Partly<typeof trainingSettings>;
  readonly timing: Partly<typeof timingSettings>;
}

export const noOverrides: Overrides = { protocol: {}, training: {}, timing: {} };

/**
 * Reads the values of `--set`: `option=value` of a protocol, `training.option=value`, `timing.option=value`.
 * @throws Problem OPTION_UNKNOWN, OPTION_INVALID
 */
export function parseOverrides(paper: Paper, settings: readonly string[]): Overrides {
  let overrides = noOverrides;
  for (const setting of settings) {
    const [, section, key, value] = /^(?:(training|timing)\.)?([^=]+)=(.*)$/.exec(setting.trim()) ?? [];
    if (key === undefined || value === undefined)
      throw new Problem('OPTION_INVALID', `"${setting}" is not option=value`, 'Such as --set training.steps=200.');
    if (section === 'training')
      overrides = {
        ...overrides,
        training: { ...overrides.training, ...read(trainingSettings.shape, section, key, value) },
      };
    else if (section === 'timing')
      overrides = { ...overrides, timing: { ...overrides.timing, ...read(timingSettings.shape, section, key, value) } };
    else overrides = { ...overrides, protocol: { ...overrides.protocol, ...readProtocol(paper, key, value) } };
  }
  return overrides;
}

function read(
  options: Readonly<Record<string, z.ZodType>>,
  section: string,
  key: string,
  value: string,
): Readonly<Record<string, unknown>> {
  const option = Object.hasOwn(options, key) ? options[key] : undefined;
  if (option === undefined)
    throw new Problem(
      'OPTION_UNKNOWN',
      `No option is called "${section}.${key}"`,
      allowedNames(key, Object.keys(options), `Options of ${section}`),
    );
  const parsed = option.safeParse(value);
  if (parsed.success) return { [key]: parsed.data };
  throw new Problem(
    'OPTION_INVALID',
    `"${value}" is not a value of ${section}.${key}`,
    parsed.error.issues[0]?.message,
  );
}

function readProtocol(paper: Paper, key: string, value: string): ProtocolChanges {
  const sections = [...Object.keys(trainingSettings.shape), ...Object.keys(timingSettings.shape)];
  if (!Object.hasOwn(optionsOf(paper), key) && sections.includes(key))
    throw new Problem(
      'OPTION_UNKNOWN',
      `"${key}" is not an option of a protocol`,
      `Write ${Object.hasOwn(trainingSettings.shape, key) ? 'training' : 'timing'}.${key}=${value}.`,
    );
  return parseProtocolOption(paper, key, value);
}
