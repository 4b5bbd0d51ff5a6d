/** Random numbers that are a function of a seed, a name and a position: nothing depends on the order of drawing streams. */
import { createHash } from 'node:crypto';
import { philox } from '../core/philox.js';

/** A stream of uniform and normal numbers. */
export interface RandomStream {
  /** Uniform in the open interval (0, 1), a multiple of 2^-32 plus 2^-33. */
  readonly uniform: () => number;
  /** Standard normal (Box-Muller). */
  readonly normal: () => number;
}

/** The stream of a seed and a name: equal for equal arguments, independent otherwise. */
export function randomStream(seed: number, name: string): RandomStream {
  const digest = createHash('sha256').update(`${seed}\0${name}`).digest();
  const key = [digest.readUInt32LE(0), digest.readUInt32LE(4)] as const;
  const block = new Uint32Array(4);
  let counter = 0;
  let left = 0;
  let spare: number | undefined;

  const uniform = (): number => {
    if (left === 0) {
      philox(counter >>> 0, Math.floor(counter / 2 ** 32), 0, 0, key[0], key[1], block);
      counter += 1;
      left = 4;
    }
    left -= 1;
    return ((block[3 - left] ?? 0) + 0.5) / 2 ** 32;
  };
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal };
}
