/** The printed relative speed-ups that a fit uses or predicts, as projections that the simulator can make. */
import { loadPublished, type PublishedRow } from '../../../harness/plan/published.js';
import { defaultLayout, parseLayout, type Layout } from '../layouts/layout.js';
import type { NetworkSpecification } from '../model/specification.js';

export interface Step {
  readonly network: NetworkSpecification;
  readonly layout: Layout;
}

export type FitGroup = 'table2' | 'table3' | 'table5' | 'data-parallel' | 'width' | 'table4';

/** One projected RS, which may be printed several times: CIFAR-10 and CIFAR-100 differ only in the classifier. */
export interface FitCell {
  /** Of its first printed value. */
  readonly id: string;
  readonly group: FitGroup;
  /** `WarpNet1-73-4, K = 2, 3 GPUs`. */
  readonly label: string;
  readonly printed: readonly { readonly id: string; readonly rsPct: number }[];
  readonly step: Step;
  readonly baseline: Step;
  readonly batch: number;
}

export const printedMean = ({ printed }: FitCell): number =>
  printed.reduce((sum, { rsPct }) => sum + rsPct, 0) / printed.length;

const wrnStep = (unitsPerStage: number, kw: number, classes: number): Step => {
  const network: NetworkSpecification = { family: 'wrn', unitsPerStage, kw, classes };
  return { network, layout: defaultLayout(network, 1) };
};

function warpStep(
  family: 'warpnet1' | 'warpnet2',
  K: number,
  Nwarp: number,
  kw: number,
  classes: number,
  gpus: number,
): Step {
  const network: NetworkSpecification = { family, K, Nwarp, kw, classes };
  return { network, layout: defaultLayout(network, gpus) };
}

/** Every RS the paper prints but the baselines' zeros, one cell for each different projection. */
export function fitCells(): FitCell[] {
  const { tables } = loadPublished();
  const cells = [
    ...tables.table2.rows.flatMap((row) => warpCell(row, 'table2', 128)),
    ...tables.table3.rows.flatMap((row) => warpCell(row, 'table3', 128)),
    ...tables.table5.rows.flatMap((row) =>
      row.network === 'WRN' ? dataParallelCell(row) : warpCell(row, 'table5', 128),
    ),
    ...widthCells(),
    // ImageNet32: batches of 512, and every RS against WRN-73-2, the deeper network's too.
    ...tables.table4.rows.flatMap((row) => warpCell(row, 'table4', 512, wrnStep(12, 2, 1000))),
  ];
  const merged = new Map<string, FitCell>();
  for (const cell of cells) {
    const key = `${cell.group} ${cell.label}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, printed: [...known.printed, ...cell.printed] } : cell);
  }
  return [...merged.values()];
}

function warpCell(row: PublishedRow, group: FitGroup, batch: number, baseline?: Step): FitCell[] {
  const { K, Nwarp, kw, rsPct } = row;
  if (row.network === 'WRN' || K === null || Nwarp === null || rsPct === null) return [];
  const classes = row.dataset === 'imagenet32' ? 1000 : 10;
  // Table 4 prints no devices: those of Tables 2 and 3.
  const gpus = row.gpus ?? K + 1;
  const family = row.network === 'WarpNet1' ? 'warpnet1' : 'warpnet2';
  return [
    {
      id: row.id,
      group,
      label: `${row.network}-${row.depth}-${kw}, K = ${K}, ${gpus} GPUs`,
      printed: [{ id: row.id, rsPct }],
      step: warpStep(family, K, Nwarp, kw, classes, gpus),
      baseline: baseline ?? wrnStep(K * Nwarp, kw, classes),
      batch,
    },
  ];
}

function dataParallelCell(row: PublishedRow): FitCell[] {
  const { rsPct, unitsPerStage, kw, gpus } = row;
  if (rsPct === null || unitsPerStage === null || gpus === null || gpus === 1) return [];
  const baseline = wrnStep(unitsPerStage, kw, 10);
  return [
    {
      id: row.id,
      group: 'data-parallel',
      label: `WRN-${row.depth}-${kw}, batch cut on ${gpus} GPUs`,
      printed: [{ id: row.id, rsPct }],
      step: { network: baseline.network, layout: parseLayout(`${gpus} x [F1, F2]`) },
      baseline,
      batch: 128,
    },
  ];
}

/** §4.1's series names neither depth nor devices: WarpNet1 at depth 73 on the devices of Tables 2 and 3 is assumed (A11). */
function widthCells(): FitCell[] {
  const { widthPoints, points } = loadPublished();
  return widthPoints.flatMap((id): FitCell[] => {
    const point = points.get(id);
    const K = point?.series.K;
    if (typeof point?.rsPct !== 'number' || typeof K !== 'number') return [];
    const step = warpStep('warpnet1', K, 12 / K, point.kw, 10, K + 1);
    return [
      {
        id,
        group: 'width',
        label: `kw = ${point.kw}, K = ${K}, ${K + 1} GPUs`,
        printed: [{ id, rsPct: point.rsPct }],
        step,
        baseline: wrnStep(12, point.kw, 10),
        batch: 128,
      },
    ];
  });
}
