/** JSON that is the same text for the same value: what identities are hashes of. */

/** Values share parts, and nothing changes once it is made. */
const texts = new WeakMap<object, string>();

/** JSON with the keys of every object in alphabetical order and no spaces. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const before = texts.get(value);
  if (before !== undefined) return before;
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson((value.toJSON as () => unknown)());
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const text = `{${entries
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, child]) => `${JSON.stringify(key)}:${canonicalJson(child)}`)
    .join(',')}}`;
  texts.set(value, text);
  return text;
}
