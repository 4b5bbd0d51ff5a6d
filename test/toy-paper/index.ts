/** A toy paper, all of it made up: two networks of one convolution, their table, and a claim about it. */
import { z } from 'zod';
import { definePaper } from '../../harness/plan/paper/define-paper.js';
import { printedRows } from '../../harness/plan/paper/printed-rows.js';
import { wholeNetworks } from '../../harness/plan/paper/whole-network.js';
import { gainsMore } from '../../harness/report/claims/pairs.js';

export const toy = definePaper({
  id: 'toy',
  folder: 'test/toy-paper',
  citation: { title: 'Two widths', authors: ['Nobody'], venue: 'Nowhere', year: 2018 },
  systems: [
    wholeNetworks({
      name: 'Plain',
      axes: { width: z.int().min(1).max(64).describe('Channels of the convolution') },
      label: ({ width }) => `Plain-${width}`,
      load: async () => (await import('./model.js')).buildNetwork,
    }),
  ],
  tables: ['table1'],
  printed: printedRows('test/toy-paper/index.ts', ['table1', 'Table 1'], {
    width4: { facts: { width: 4 }, values: { error: '48.1', rs: '40%' } },
    width8: { facts: { width: 8 }, values: { error: '42.5', rs: '0%' } },
  }),
  claims: () => [
    {
      id: 'claim.narrow-is-faster',
      section: '1',
      statement: 'The narrower network takes less time on two devices.',
      test: 'RS of the narrower network is above that of the wider one.',
      perProtocol: true,
      decide: gainsMore('width4', 'width8'),
    },
  ],
});
