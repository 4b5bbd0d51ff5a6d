/** What is measured and projected in one run to see how far projections can be trusted: every two-device layout. */
import { defaultLayout, formatLayout } from '../../../experiments/warpnet/layouts/layout.js';
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import type { BuildOptions } from '../../simulate/build-options.js';

export type ValidationProtocol = 'paper' | 'released-code';

export interface ValidationRow {
  readonly network: NetworkSpecification;
  /** In the paper's notation, on as many devices as the group has. */
  readonly layout: string;
  readonly protocol: ValidationProtocol;
  readonly options: BuildOptions;
}

/** Rows that share a baseline and take turns with it. */
export interface ValidationGroup {
  readonly baseline: NetworkSpecification;
  readonly batchNorm: 'fused' | 'moments';
  readonly kw: number;
  readonly batch: number;
  readonly devices: number;
  readonly rows: readonly ValidationRow[];
}

const protocols: readonly ValidationProtocol[] = ['paper', 'released-code'];
const batchNorms = ['fused', 'moments'] as const;
/** Small networks and batches: what is validated is the schedule, not the size. Even, to be cut in two. */
const batchOf = (kw: number): number => ({ 1: 16, 2: 4 })[kw] ?? 2;

export const validationOptions = (protocol: ValidationProtocol, batchNorm: 'fused' | 'moments'): BuildOptions => ({
  derivative: protocol === 'paper' ? 'R1' : 'released',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm,
  batchNormEvaluation: 'batch',
});

/**
 * WarpNet1 and WarpNet2 for K = 2 and K = 3 folded to `devices`, and data parallelism, under both protocols, both BN
 * kinds, kw 1, 2 and 4: one warp layer a stage. A machine with three or four devices validates the wider layouts too.
 */
export function validationPlan(devices = 2, widths: readonly number[] = [1, 2, 4]): ValidationGroup[] {
  return widths.flatMap((kw) =>
    batchNorms.flatMap((batchNorm) =>
      [2, 3].map((K): ValidationGroup => {
        const baseline: NetworkSpecification = { family: 'wrn', unitsPerStage: K, kw, classes: 10 };
        const warp = protocols.flatMap((protocol) =>
          (['warpnet1', 'warpnet2'] as const).map((family): ValidationRow => {
            const network: NetworkSpecification = { family, K, Nwarp: 1, kw, classes: 10 };
            const layout = formatLayout(defaultLayout(network, devices));
            return { network, layout, protocol, options: validationOptions(protocol, batchNorm) };
          }),
        );
        // It has no derivative: the protocols differ in nothing that takes time.
        const dataParallel: ValidationRow[] =
          K === 2
            ? [
                {
                  network: baseline,
                  layout: formatLayout(defaultLayout(baseline, devices)),
                  protocol: 'paper',
                  options: validationOptions('paper', batchNorm),
                },
              ]
            : [];
        return { baseline, batchNorm, kw, batch: batchOf(kw), devices, rows: [...warp, ...dataParallel] };
      }),
    ),
  );
}
