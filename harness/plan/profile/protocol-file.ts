/** `experiments/protocols/*.yaml`: a full protocol, or another one with some options changed. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { allowedNames } from '../yaml/nearest.js';
import { protocolSchema, type Protocol } from './protocol.js';

/** The options of a protocol: all of it but its name. */
export type ProtocolOptions = Omit<Protocol, 'name'>;
export type ProtocolChanges = { readonly [Key in keyof ProtocolOptions]?: ProtocolOptions[Key] | undefined };

const optionsSchema = protocolSchema.omit({ name: true });
export const changesSchema = optionsSchema.partial();

const nameSchema = z.string().min(1).max(60);

/** A protocol file is one of these; `like` tells which. */
export const fullProtocolSchema = z.strictObject({ ...protocolSchema.shape, name: nameSchema });
export const derivedProtocolSchema = z.strictObject({
  name: nameSchema.describe('As tables show it'),
  like: z.string().min(1).describe('The protocol (a file of this folder, without .yaml) that this one differs from'),
  set: changesSchema.describe('The options that differ'),
});

export const optionNames = Object.keys(optionsSchema.shape) as (keyof ProtocolOptions)[];

/** Another protocol with some options changed. */
export function changed(protocol: Protocol, changes: ProtocolChanges, name = protocol.name): Protocol {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...protocol, ...set, name };
}

/** What `--set` changed, as it is added to a protocol's name: `derivative=R3, batchNorm=moments`; only what differs. */
export function withOverrides(protocol: Protocol, overrides: ProtocolChanges): Protocol {
  const differing = optionNames.filter((key) => overrides[key] !== undefined && overrides[key] !== protocol[key]);
  if (differing.length === 0) return protocol;
  const suffix = differing.map((key) => `${key}=${String(overrides[key])}`).join(', ');
  return changed(protocol, overrides, `${protocol.name}, ${suffix}`);
}

/**
 * Reads one `--set` of a protocol option, such as `derivative=R3`.
 * @throws Problem OPTION_UNKNOWN, OPTION_INVALID
 */
export function parseProtocolOption(key: string, text: string): ProtocolChanges {
  const name = optionNames.find((known) => known === key);
  if (name === undefined)
    throw new Problem('OPTION_UNKNOWN', `No option is called "${key}"`, allowedNames(key, optionNames, 'Options'));
  const schema = optionsSchema.shape[name];
  const plain =
    text === 'true' ? true : text === 'false' ? false : /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : text;
  const parsed = schema.safeParse(plain);
  if (!parsed.success) {
    const hint =
      schema instanceof z.ZodEnum
        ? allowedNames(text, schema.options.map(String), 'Allowed')
        : `It is ${(parsed.error.issues[0]?.message ?? 'of another type').replace(/^Invalid input: /, '')}.`;
    throw new Problem('OPTION_INVALID', `"${text}" is not a value of ${key}`, hint);
  }
  return { [name]: parsed.data };
}
