/** For "Did you mean …?". */
import { distance } from 'fastest-levenshtein';

/** The known name that `typed` is most likely a slip of; undefined when none is near. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, '');
  const ranked = known
    .map((name) => ({ name, edits: distance(plain(typed).slice(0, 60), plain(name)) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  if (best === undefined || best.edits > Math.max(1, Math.floor(Math.min(typed.length, best.name.length) / 2)))
    return undefined;
  return best.name;
}

/** `Did you mean "width"? Allowed here: depth, width.` */
export function allowedNames(typed: string, known: readonly string[], introduction = 'Allowed here'): string {
  if (known.length === 0) return 'There are none.';
  const near = nearestName(typed, known);
  const question = near === undefined ? '' : `Did you mean "${near}"? `;
  return `${question}${introduction}: ${known.join(', ')}.`;
}
