import { Problem } from '../../core/problem.js';
import { seedsSchema } from '../../plan/profile/seeds.js';

const hint = 'A number of seeds, 1 to 1000 (--seeds 3 is 0, 1, 2) or a list of them (--seeds 0,1,7).';

/** `3`: seeds 0, 1, 2; `0,1,7`: those, by the rule of files. @throws Problem SEEDS_INVALID */
export function parseSeeds(text: string): number[] {
  if (!/^\d{1,9}(,\d{1,9})*,?$/.test(text))
    throw new Problem('SEEDS_INVALID', `"${text}" is not a list of seeds`, hint);
  const numbers = text
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  const [count = 0] = numbers;
  const seeds = text.includes(',') ? numbers : Array.from({ length: Math.min(count, 1001) }, (_, seed) => seed);
  const parsed = seedsSchema.safeParse(seeds);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem('SEEDS_INVALID', `--seeds ${text}: ${issue?.message ?? 'not seeds'}`, hint);
}
