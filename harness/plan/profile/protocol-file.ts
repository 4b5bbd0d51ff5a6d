/** A paper's `protocols/*.yaml`: a full protocol, or another one with some options changed. */
import { z } from 'zod';
import { Problem, type Place } from '../../core/problem.js';
import type { Paper } from '../paper/paper.js';
import type { ProtocolOptions } from '../paper/protocol-options.js';
import { allowedNames } from '../yaml/nearest.js';
import { optionsOf, optionsSchema, protocolSchema, type Protocol } from './protocol.js';

/** Some options with other values. */
export type ProtocolChanges = ProtocolOptions;

const nameSchema = z.string().min(1).max(60);

export const changesSchema = (paper: Paper): z.ZodType<ProtocolChanges> => optionsSchema(paper).partial();

/** A protocol file is one of these; `like` tells which. */
export const fullProtocolSchema = (paper: Paper): z.ZodType<Protocol> => protocolSchema(paper);
export const derivedProtocolSchema = (paper: Paper) =>
  z.strictObject({
    name: nameSchema.describe('As tables show it'),
    like: z.string().min(1).describe('The protocol (a file of this folder, without .yaml) that this one differs from'),
    set: changesSchema(paper).describe('The options that differ'),
  });

/** Another protocol with some options changed. */
export function changed(protocol: Protocol, changes: ProtocolChanges, name = protocol.name): Protocol {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return { ...protocol, ...set, name };
}

/** Columns are told apart by their protocols' names. @throws Problem PROTOCOL_TWICE at the second of two */
export function refuseEqualNames(protocols: readonly Protocol[], placeOf: (index: number) => Place): void {
  const names = protocols.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0)
    throw new Problem(
      'PROTOCOL_TWICE',
      `Two protocols are called "${names[twice] ?? ''}"`,
      'Tables show protocols by name.',
      placeOf(twice),
    );
}

/** What `--set` changed, as it is added to a protocol's name: `momentum=0.8, batches=epoch`; only what differs. */
export function withOverrides(protocol: Protocol, overrides: ProtocolChanges): Protocol {
  const differing = Object.keys(protocol).filter(
    (key) => key !== 'name' && overrides[key] !== undefined && overrides[key] !== protocol[key],
  );
  if (differing.length === 0) return protocol;
  const suffix = differing.map((key) => `${key}=${String(overrides[key])}`).join(', ');
  return changed(protocol, overrides, `${protocol.name}, ${suffix}`);
}

/**
 * Reads one `--set` of a protocol option, such as `momentum=0.8`.
 * @throws Problem OPTION_UNKNOWN, OPTION_INVALID
 */
export function parseProtocolOption(paper: Paper, name: string, text: string): ProtocolChanges {
  const options = optionsOf(paper);
  const schema = Object.hasOwn(options, name) ? options[name]?.schema : undefined;
  if (schema === undefined)
    throw new Problem(
      'OPTION_UNKNOWN',
      `No option is called "${name}"`,
      allowedNames(name, Object.keys(options), 'Options'),
    );
  const plain =
    text === 'true' ? true : text === 'false' ? false : /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : text;
  const parsed = schema.safeParse(plain);
  if (!parsed.success) {
    const hint =
      schema instanceof z.ZodEnum
        ? allowedNames(text, schema.options.map(String), 'Allowed')
        : `It is ${(parsed.error.issues[0]?.message ?? 'of another type').replace(/^Invalid input: /, '')}.`;
    throw new Problem('OPTION_INVALID', `"${text}" is not a value of ${name}`, hint);
  }
  return { [name]: parsed.data };
}
