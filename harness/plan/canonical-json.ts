/** JSON that is the same text for the same value: what identities are hashes of. */

/** Of parts that many values share; nothing changes once it is made. */
const texts = new WeakMap<object, string>();

/** JSON with the keys of every object in alphabetical order and no spaces. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(partOf).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return partOf((value.toJSON as () => unknown)());
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return `{${entries
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, child]) => `${JSON.stringify(key)}:${partOf(child)}`)
    .join(',')}}`;
}

function partOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return canonicalJson(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJson(value);
  texts.set(value, text);
  return text;
}
