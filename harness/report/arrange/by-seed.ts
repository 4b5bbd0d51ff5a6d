/** A row a network and protocol: the mean error, its spread, and the error of each seed. */
import { head, numbers, plain, type Cell } from '../model.js';
import type { Arrange } from './arrangement.js';
import { networkHead } from './heads.js';

const numberOrDash = (value: number | null | undefined): Cell =>
  plain(value === null || value === undefined ? '–' : value.toFixed(2));

export const bySeed: Arrange = ({ places }) => {
  const most = Math.max(1, ...places.map(({ runs }) => runs.length));
  const seedColumns = Array.from({ length: most }, (_, index) => ({
    group: 'Error of each seed (%)',
    label: `run ${index + 1}`,
    protocol: null,
    source: 'ours' as const,
  }));
  const group = 'Error (%)';
  const rows = places.map((place) => ({
    heads: [networkHead(place.entry.label, [place]), head(place.entry.protocol)],
    cells: [
      numbers(place.quantity('error')),
      numberOrDash(place.quantity('error').deviation),
      plain(String(place.runs.length)),
      ...seedColumns.map((_, index) => numberOrDash(place.runs[index]?.last.errorPct)),
    ],
  }));
  return {
    heads: ['Network', 'Protocol'],
    columns: [
      { group, label: 'mean', protocol: null, source: 'ours' },
      { group, label: 'sd', protocol: null, source: 'ours' },
      { group, label: 'n', protocol: null, source: 'other' },
      ...seedColumns,
    ],
    blocks: [{ title: null, rows }],
    metrics: ['error'],
    bold: false,
  };
};
