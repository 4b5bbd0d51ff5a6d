/** A toy paper, all of it made up: two networks of one convolution, a table, and a claim about it. */
import { z } from 'zod';
import { definePaper } from '../../harness/plan/paper/define-paper.js';
import { printedRows } from '../../harness/plan/paper/printed-rows.js';
import { wholeNetworks } from '../../harness/plan/paper/whole-network.js';

const axes = { width: z.int().min(1).max(64).describe('Channels of the convolution') };
const where = { table: 'table1', source: 'Table 1' };

export const toy = definePaper({
  id: 'toy',
  folder: 'test/toy-paper',
  citation: { title: 'Two widths', authors: ['Nobody'], venue: 'Nowhere', year: 2018 },
  axes,
  systems: [
    wholeNetworks({
      name: 'Plain',
      axes,
      label: ({ width }) => `Plain-${width}`,
      load: async () => (await import('./model.js')).buildModel,
    }),
  ],
  tables: ['table1'],
  printed: printedRows('test/toy-paper/index.ts', {
    width4: { ...where, facts: { width: 4 }, values: { error: '48.1', rs: '40%' } },
    width8: { ...where, facts: { width: 8 }, values: { error: '42.5', rs: '0%' } },
  }),
});
