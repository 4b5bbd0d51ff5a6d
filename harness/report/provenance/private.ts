/** A report that people attach names no user, no host and no folder of the machine. */
import { ownIdentity, redactor } from '../bundle/redact.js';
import type { Outcome } from '../measured/measurements.js';
import { withoutPaths } from '../words.js';
import type { Provenance } from './provenance.js';

const hostsOf = (outcomes: ReadonlyMap<string, Outcome>): string[] => [
  ...new Set([...outcomes.values()].flatMap(({ result }) => (result ? [result.environment.host] : []))),
];

/** Takes names out of text; nothing where `keepNames` says so. */
export const nameless = (outcomes: ReadonlyMap<string, Outcome>, keepNames: boolean): ((text: string) => string) =>
  keepNames ? (text) => text : redactor(ownIdentity(hostsOf(outcomes)));

/** @param redact takes names out of text */
export function privateProvenance(provenance: Provenance, redact: (text: string) => string): Provenance {
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') return withoutPaths(redact(value));
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  };
  return plain(provenance) as Provenance;
}
