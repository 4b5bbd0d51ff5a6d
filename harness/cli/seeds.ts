import { Problem } from '../core/problem.js';

/** `3`: seeds 0, 1, 2; `0,1,7`: those. @throws Problem SEEDS_INVALID */
export function parseSeeds(text: string): number[] {
  const hint = 'A number of seeds (--seeds 3 is 0, 1, 2) or a list of them (--seeds 0,1,7).';
  if (!/^\d{1,9}(,\d{1,9})*,?$/.test(text))
    throw new Problem('SEEDS_INVALID', `"${text}" is not a list of seeds`, hint);
  const numbers = text
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  const [only] = numbers;
  if (text.includes(',') || only === undefined) {
    if (new Set(numbers).size < numbers.length)
      throw new Problem('SEEDS_INVALID', `"${text}" names a seed twice`, hint);
    return numbers;
  }
  if (only < 1 || only > 1000) throw new Problem('SEEDS_INVALID', `${only} seeds are not between 1 and 1000`, hint);
  return Array.from({ length: only }, (_, seed) => seed);
}
