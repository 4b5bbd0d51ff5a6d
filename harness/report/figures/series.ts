/** How figures tell networks apart: by colour and shape, by panel, by dashes. */
import type { Network } from '../../plan/paper/network.js';

export interface SeriesOfNetwork {
  /** What it is coloured by: one of the names. */
  readonly series: string;
  /** Networks of one group are compared and share a panel; also the panel's heading. */
  readonly group: string;
  /** Says what dashes mean; null for a solid line. */
  readonly dashed: string | null;
}

export interface NetworkSeries {
  /** In the order of the legend; the first is drawn below the others. */
  readonly names: readonly string[];
  readonly of: (network: Network) => SeriesOfNetwork;
}

/** A series a system, all in one panel a data set. */
export const seriesOfSystems = (systems: readonly { readonly name: string }[]): NetworkSeries => ({
  names: systems.map(({ name }) => name),
  of: ({ system }) => ({ series: system, group: 'All networks', dashed: null }),
});
