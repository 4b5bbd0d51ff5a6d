/**
 * Counter-based random numbers: a value depends only on the seed and on where it is asked for, never on what was drawn
 * before, so any step can be reached directly.
 */
import { philox } from '../../harness/core/philox.js';

/** What a sequence is for; keeps sequences of one seed apart. */
export const streams = { permutation: 1, window: 2, augmentation: 3, sample: 4, synthetic: 5 } as const;

export interface Random {
  /** Four unsigned 32-bit integers for position (`position`, `block`) of the stream; valid until the next call. */
  words(position: number, block: number): Uint32Array;
}

/** The stream `stream` of `seed` (an integer from 0 to 2^53 - 1). */
export function random(seed: number, stream: number): Random {
  const out = new Uint32Array(4);
  const key0 = seed >>> 0;
  const key1 = Math.floor(seed / 0x1_0000_0000) >>> 0;
  return {
    words(position, block) {
      philox(block, position >>> 0, Math.floor(position / 0x1_0000_0000), stream, key0, key1, out);
      return out;
    },
  };
}

/** An integer from 0 to `bound` - 1 from a random word; no value is likelier than another by more than 2^-32. */
export const below = (bound: number, word: number): number => Math.floor((word * bound) / 0x1_0000_0000);

/** A uniformly random order of 0 … `count` - 1 (Fisher-Yates); `position` chooses which one. */
export function permutation(count: number, seed: number, position: number): Int32Array {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const source = random(seed, streams.permutation);
  let words: Uint32Array = new Uint32Array(4);
  for (let i = count - 1, drawn = 0; i > 0; i--, drawn++) {
    if (drawn % 4 === 0) words = source.words(position, drawn / 4);
    const j = below(i + 1, words[drawn % 4] ?? 0);
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
