/** The printed relative speed-ups that a fit uses or predicts, as projections that the simulator can make. */
import type { PrintedRow } from '../../../harness/plan/paper/printed.js';
import { defaultLayout, parseLayout, type BracketLayout } from '../layouts/layout.js';
import { depthOf, type NetworkSpecification } from '../model/specification.js';
import { printed } from '../printed.js';

export interface Step {
  readonly network: NetworkSpecification;
  readonly layout: BracketLayout;
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
  const merged = new Map<string, FitCell>();
  for (const cell of [...printed().rows.values()].flatMap(cellOf)) {
    const key = `${cell.group} ${cell.label}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, printed: [...known.printed, ...cell.printed] } : cell);
  }
  return [...merged.values()];
}

function cellOf(row: PrintedRow): FitCell[] {
  const { id, table, facts } = row;
  const rsPct = row.values['rs']?.value;
  const { network, K, Nwarp, kw, depth, devices } = facts;
  if (rsPct === undefined || typeof kw !== 'number') return [];
  const shared = { id, printed: [{ id, rsPct }] };
  if (table === 'width') return typeof K === 'number' ? [{ ...shared, ...widthCell(K, kw) }] : [];
  const group = groups[table];
  if (group === undefined) return [];
  if (network === 'WRN')
    return group === 'table5' && typeof depth === 'number' && typeof devices === 'number' && devices > 1
      ? [{ ...shared, ...dataParallelCell((depth - 1) / 6, kw, devices) }]
      : [];
  if (typeof K !== 'number' || typeof Nwarp !== 'number') return [];
  const classes = facts['dataset'] === 'imagenet32' ? 1000 : 10;
  // Table 4 prints no devices: those of Tables 2 and 3.
  const gpus = typeof devices === 'number' ? devices : K + 1;
  const step = warpStep(network === 'WarpNet1' ? 'warpnet1' : 'warpnet2', K, Nwarp, kw, classes, gpus);
  return [
    {
      ...shared,
      group,
      label: `${network ?? ''}-${depthOf(step.network)}-${kw}, K = ${K}, ${gpus} GPUs`,
      step,
      // Every RS of Table 4 is against WRN-73-2, the deeper network's too.
      baseline: group === 'table4' ? wrnStep(12, 2, classes) : wrnStep(K * Nwarp, kw, classes),
      batch: group === 'table4' ? 512 : 128,
    },
  ];
}

const groups: Readonly<Record<string, Exclude<FitGroup, 'data-parallel' | 'width'>>> = {
  table2: 'table2',
  table3: 'table3',
  table4: 'table4',
  table5: 'table5',
};

type Projected = Omit<FitCell, 'id' | 'printed'>;

function dataParallelCell(unitsPerStage: number, kw: number, devices: number): Projected {
  const baseline = wrnStep(unitsPerStage, kw, 10);
  return {
    group: 'data-parallel',
    label: `WRN-${depthOf(baseline.network)}-${kw}, batch cut on ${devices} GPUs`,
    step: { network: baseline.network, layout: parseLayout(`${devices} x [F1, F2]`) },
    baseline,
    batch: 128,
  };
}

/** §4.1's series names neither depth nor devices: as `tables/width.yaml` has it, WarpNet1 with 37 layers on the devices of Tables 2 and 3 (A11). */
const widthCell = (K: number, kw: number): Projected => ({
  group: 'width',
  label: `kw = ${kw}, K = ${K}, ${K + 1} GPUs`,
  step: warpStep('warpnet1', K, 6 / K, kw, 10, K + 1),
  baseline: wrnStep(6, kw, 10),
  batch: 128,
});
