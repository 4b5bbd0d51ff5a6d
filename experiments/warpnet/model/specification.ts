/** Which network: what the paper's row labels say (method.md 6). Pure data; building it is `network.ts`. */
import { z } from 'zod';

const width = z.number().int().min(1).max(64);
const classes = z.number().int().min(2).max(100_000);

/** A WRN is keyed by its units per stage, so K = 2, Nwarp = 3 and K = 3, Nwarp = 2 name the same network. */
export const networkSchema = z.discriminatedUnion('family', [
  z.strictObject({ family: z.literal('wrn'), unitsPerStage: z.number().int().min(1).max(200), kw: width, classes }),
  z.strictObject({
    family: z.enum(['warpnet1', 'warpnet2']),
    K: z.number().int().min(2).max(6),
    Nwarp: z.number().int().min(1).max(100),
    kw: width,
    classes,
  }),
]);
export type NetworkSpecification = z.infer<typeof networkSchema>;

export const unitsPerStage = (network: NetworkSpecification): number =>
  network.family === 'wrn' ? network.unitsPerStage : network.K * network.Nwarp;

/** n = 6 K Nwarp + 1 convolution layers (§4.1). */
export const depthOf = (network: NetworkSpecification): number => 6 * unitsPerStage(network) + 1;

/** `WRN-73-4`, `WarpNet1-73-4`. */
export function labelOf(network: NetworkSpecification): string {
  const family = { wrn: 'WRN', warpnet1: 'WarpNet1', warpnet2: 'WarpNet2' }[network.family];
  return `${family}-${depthOf(network)}-${network.kw}`;
}
