/** A paper without networks: coins are thrown. */
import { z } from 'zod';
import { definePaper } from '../../harness/plan/paper/define-paper.js';
import { numericalProblem, type Trial } from '../../harness/plan/paper/numerical-problem.js';

/** @param throwCoin in place of one that falls on its head at every `every`-th throw, counted from the seed */
export const coinPaper = (throwCoin?: (every: number, seed: number) => Trial) =>
  definePaper({
    id: 'coins',
    folder: 'test/toy-paper',
    citation: { title: 'Coins', authors: ['Nobody'], venue: 'Nowhere', year: 2000 },
    systems: [],
    problems: [
      numericalProblem({
        name: 'throw',
        axes: { every: z.int().min(1) },
        label: ({ every }) => `every ${every}`,
        outcomes: ['head', 'tail', 'edge'],
        success: 'head',
        load: async () => (specification, seed) =>
          (throwCoin?.(specification.every, seed) as ((number: number) => 'head') | undefined) ??
          ((number) => ((number + seed) % specification.every === 0 ? 'head' : 'tail')),
      }),
    ],
    tables: [],
    printed: () => ({ file: '', rows: new Map() }),
    loadModels: async () => {
      throw new Error('the models of a paper are not loaded for trials');
    },
  });
