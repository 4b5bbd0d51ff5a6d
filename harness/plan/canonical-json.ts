/** JSON that is the same text for the same value: what identities are hashes of. */

/** Of parts that many values share; nothing changes once it is made. */
const texts = new WeakMap<object, string>();

/** JSON with the keys of every object in alphabetical order and no spaces. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(partOf).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return partOf((value.toJSON as () => unknown)());
  const children: Readonly<Record<string, unknown>> = { ...value };
  let text = '';
  // Sorted by UTF-16 code units.
  for (const key of Object.keys(children).sort())
    if (children[key] !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${partOf(children[key])}`;
  return `{${text}}`;
}

function partOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return canonicalJson(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJson(value);
  texts.set(value, text);
  return text;
}
