/** The networks that engines are compared on: every family, K, protocol and batch normalisation, as small as they get. */
import { isChain, networkSchema, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import type { NetworkOptions } from '../../../experiments/warpnet/model/options.js';
import { defaultLayout, formatLayout, type Layout } from '../../../experiments/warpnet/layouts/layout.js';

export interface EngineCase {
  readonly title: string;
  readonly network: NetworkSpecification;
  readonly options: NetworkOptions;
  readonly layout: Layout;
}

export const baseOptions: NetworkOptions = {
  derivative: 'R1',
  derivativeTerms: 'once',
  widening: 'copies',
  batchNorm: 'fused',
  batchNormEpsilon: 0.001,
  batchNormEvaluation: 'running',
  batchNormDecay: 0.9,
  batchNormReplicas: 'per-replica',
  initialisation: 'he',
  weightDecayScope: 'all',
};

const classes = 10;
export const wrn = (unitsPerStage: number, kw = 1): NetworkSpecification =>
  networkSchema.parse({ family: 'wrn', unitsPerStage, kw, classes });
export const warp = (family: 'warpnet1' | 'warpnet2', K: number, Nwarp = 1, kw = 1): NetworkSpecification =>
  networkSchema.parse({ family, K, Nwarp, kw, classes });

/** Each network with one unit or warp layer a stage, under both protocols' derivative and both kinds of BN. */
export function engineCases(devices: number): EngineCase[] {
  const networks = [wrn(2), ...([2, 3] as const).flatMap((K) => [warp('warpnet1', K), warp('warpnet2', K)])];
  return networks.flatMap((network) =>
    (['R1', 'released'] as const)
      .filter((derivative) => network.family !== 'wrn' || derivative === 'R1')
      .flatMap((derivative) =>
        (['fused', 'moments'] as const).map((batchNorm): EngineCase => {
          const layout = defaultLayout(network, network.family === 'wrn' ? 1 : devices, 'once');
          const name =
            network.family === 'wrn'
              ? 'WRN'
              : `${network.family}, K = ${isChain(network) ? 1 : network.K}, ${derivative}`;
          return {
            title: `${name}, ${batchNorm} BN, ${formatLayout(layout)}`,
            network,
            options: { ...baseOptions, derivative, batchNorm },
            layout,
          };
        }),
      ),
  );
}
