/** Which network: what the paper's row labels say (method.md 6). Pure data; building it is `network.ts`. */
import { z } from 'zod';

const width = z.number().int().min(1).max(64);
const classes = z.number().int().min(2).max(100_000);

const Nwarp = z.number().int().min(1).max(100);

/**
 * A chain, `wrn` or `plain`, which has the same units without skips, is keyed by its units per stage, so K = 2, Nwarp = 3 and
 * K = 3, Nwarp = 2 name the same network. `plain-warp` is to `plain` what WarpNet2 is to a WRN.
 */
export const networkSchema = z.discriminatedUnion('family', [
  z.strictObject({
    family: z.enum(['wrn', 'plain']),
    unitsPerStage: z.number().int().min(1).max(200),
    kw: width,
    classes,
  }),
  z.strictObject({
    family: z.enum(['warpnet1', 'warpnet2']),
    K: z.number().int().min(2).max(12),
    Nwarp,
    kw: width,
    classes,
  }),
  z.strictObject({ family: z.literal('plain-warp'), K: z.literal(2), Nwarp, kw: width, classes }),
]);
export type NetworkSpecification = z.infer<typeof networkSchema>;
export type ChainSpecification = Extract<NetworkSpecification, { unitsPerStage: number }>;
export type WarpSpecification = Exclude<NetworkSpecification, ChainSpecification>;

/** Whether the units of a stage follow one another, each computed from the one before. */
export const isChain = (network: NetworkSpecification): network is ChainSpecification => 'unitsPerStage' in network;

export const unitsPerStage = (network: NetworkSpecification): number =>
  isChain(network) ? network.unitsPerStage : network.K * network.Nwarp;

/** n = 6 K Nwarp + 1 convolution layers (§4.1). */
export const depthOf = (network: NetworkSpecification): number => 6 * unitsPerStage(network) + 1;

/** Width of the stem; stage s has 16 kw, 32 kw, 64 kw channels (Table 1). */
export const stemChannels = 16;
export const stageChannels = (kw: number): readonly [number, number, number] => [16 * kw, 32 * kw, 64 * kw];

const familyNames: Readonly<Record<NetworkSpecification['family'], string>> = {
  wrn: 'WRN',
  warpnet1: 'WarpNet1',
  warpnet2: 'WarpNet2',
  plain: 'Plain',
  'plain-warp': 'PlainWarp',
};

/** `WRN-73-4`, `WarpNet1-73-4`. */
export const labelOf = (network: NetworkSpecification): string =>
  `${familyNames[network.family]}-${depthOf(network)}-${network.kw}`;
