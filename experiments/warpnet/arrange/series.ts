/** How figures tell the paper's networks apart. */
import type { Network } from '../../../harness/plan/paper/network.js';
import type { NetworkSeries } from '../../../harness/report/figures/series.js';

/** The WRN is drawn first and so lies below what is compared with it. */
export const series: NetworkSeries = {
  names: ['WRN', 'WarpNet1', 'WarpNet2'],
  of: ({ system, facts, specification }: Network) => ({
    series: system,
    // Networks of one depth and width are compared.
    group: `${facts['depth'] ?? ''}-${specification['kw'] ?? ''}`,
    dashed: specification['K'] === 3 ? 'K = 3' : null,
  }),
};
