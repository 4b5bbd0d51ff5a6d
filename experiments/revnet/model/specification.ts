/** Which network: what Table 2 says of it. Pure data; building it is `network.ts`. */
import { z } from 'zod';

export const networkSchema = z
  .strictObject({
    family: z.enum(['resnet', 'revnet']),
    unit: z.enum(['basic', 'bottleneck']),
    /** In each of the three stages. A reversible unit has two residual branches and counts as two residual units. */
    unitsPerStage: z.int().min(1).max(1000),
    /** Of the stem and the stages, as Table 2 prints them: `32-32-64-112`. Stages of bottlenecks are four times as wide. */
    channels: z.string().regex(/^[1-9]\d{0,3}(-[1-9]\d{0,3}){3}$/, 'four numbers, such as 16-16-32-64'),
    classes: z.int().min(2).max(100_000),
  })
  .refine(
    halves,
    'the halves of a reversible unit, and the channels that a shortcut adds on both sides, are whole numbers',
  );
export type NetworkSpecification = z.infer<typeof networkSchema>;

function halves({ family, channels }: { readonly family: string; readonly channels: string }): boolean {
  const multiple = family === 'revnet' ? 4 : 2;
  return channels.split('-').every((width) => Number(width) % multiple === 0);
}

export interface Widths {
  /** Channels of the stem's output. */
  readonly stem: number;
  /** Channels of each stage's output. */
  readonly stages: readonly number[];
}

export function widthsOf({ unit, channels }: NetworkSpecification): Widths {
  const [stem = NaN, ...stages] = channels.split('-').map(Number);
  return { stem, stages: stages.map((width) => (unit === 'bottleneck' ? 4 * width : width)) };
}

/** Parts that the channels are cut into: a reversible unit works on two halves. */
export const partsOf = ({ family }: NetworkSpecification): 1 | 2 => (family === 'revnet' ? 2 : 1);

/** Convolutions of a residual branch. */
const convolutionsOf = { basic: 2, bottleneck: 3 };

const layersPerUnit = (network: Pick<NetworkSpecification, 'family' | 'unit'>): number =>
  convolutionsOf[network.unit] * (network.family === 'revnet' ? 2 : 1);

/** The convolutions of three stages, the stem's, and the classifier. */
export const depthOf = (network: NetworkSpecification): number =>
  3 * network.unitsPerStage * layersPerUnit(network) + 2;

/** `ResNet-32`, `RevNet-38`. */
export const labelOf = (network: NetworkSpecification): string =>
  `${network.family === 'revnet' ? 'RevNet' : 'ResNet'}-${depthOf(network)}`;

/**
 * The network of a family and a depth: the paper's six, and others made as they are. 164 layers are bottlenecks. The last
 * stage of RevNet-38 is narrower, so that it has no more parameters than ResNet-32.
 */
export function ofDepth(family: 'resnet' | 'revnet', depth: number, classes: number): NetworkSpecification {
  const unit = depth === 164 ? 'bottleneck' : 'basic';
  const channels = family === 'resnet' ? '16-16-32-64' : depth === 38 ? '32-32-64-112' : '32-32-64-128';
  return { family, unit, unitsPerStage: (depth - 2) / (3 * layersPerUnit({ family, unit })), channels, classes };
}
