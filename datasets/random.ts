/**
 * Counter-based random numbers: a value depends only on the seed and on where it is asked for, never on what was drawn
 * before, so any step can be reached directly. Philox4x32-10 (Salmon et al., SC 2011).
 */

/** What a sequence is for; keeps sequences of one seed apart. */
export const streams = { permutation: 1, window: 2, augmentation: 3, sample: 4, synthetic: 5 } as const;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each partial product is below 2^32, and so are the sums: doubles hold them exactly.
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** One Philox4x32-10 block: four unsigned 32-bit integers from a 128-bit counter and a 64-bit key, written to `out`. */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
): void {
  let x0 = c0 >>> 0;
  let x1 = c1 >>> 0;
  let x2 = c2 >>> 0;
  let x3 = c3 >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, x0);
    const low0 = Math.imul(0xd2511f53, x0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, x2);
    const low1 = Math.imul(0xcd9e8d57, x2) >>> 0;
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

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
