/** Which options of a protocol decide the numbers of a job: an option that does not apply is no part of its identity. */
import type { Paper } from '../paper/paper.js';
import type { OptionQuestion, ProtocolOptions } from '../paper/protocol-option.js';
import { optionsOf, type Protocol } from './protocol.js';

const scopes = new WeakMap<Protocol, Map<string, ProtocolOptions>>();

/** The options that decide such a job, with their values; equal answers about a protocol are the same object. */
export function decisiveOptions(
  paper: Paper,
  protocol: Protocol,
  question: Omit<OptionQuestion, 'options'>,
): ProtocolOptions {
  const deciding = Object.entries(optionsOf(paper))
    .filter(([, { decides }]) => decides({ ...question, options: protocol }))
    .map(([name]) => name);
  const known = scopes.get(protocol) ?? new Map<string, ProtocolOptions>();
  scopes.set(protocol, known);
  const key = deciding.join();
  const scope = known.get(key) ?? Object.fromEntries(deciding.map((name) => [name, protocol[name]]));
  known.set(key, scope);
  return scope;
}
