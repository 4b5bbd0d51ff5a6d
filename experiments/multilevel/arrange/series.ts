/** How figures tell networks apart: by how they are trained. */
import type { Network } from '../../../harness/plan/paper/network.js';
import type { NetworkSeries } from '../../../harness/report/figures/series.js';

const names = ['first', 'fixed', 'h halved', 'h kept'] as const;

function seriesOf({ specification: { firstBlocks, blocks, stepSize } }: Network): (typeof names)[number] {
  if (firstBlocks !== blocks) return stepSize === 'halved' ? 'h halved' : 'h kept';
  // The paper's first networks have 2 or 5 blocks a stage.
  return Number(blocks) <= 5 ? 'first' : 'fixed';
}

/** Networks of one width share a panel. */
export const series: NetworkSeries = {
  names,
  of: (network) => ({
    series: seriesOf(network),
    group: `${Number(network.specification['width']) >= 32 ? 'Wide' : 'Narrow'} networks`,
    dashed: null,
  }),
};
