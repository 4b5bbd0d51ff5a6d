/** Which network: what Table 2 says of it. Pure data; building it is `network.ts`. */

export interface NetworkSpecification {
  readonly family: Family;
  readonly unit: UnitKind;
  /** In each of the three stages. A reversible unit has two residual branches and counts as two residual units. */
  readonly unitsPerStage: number;
  /**
   * Of the stem and the stages, as Table 2 prints them; stages of bottlenecks are four times as wide. Even, so that a
   * shortcut can add channels on both sides; of a RevNet, multiples of four.
   */
  readonly channels: readonly [number, number, number, number];
  readonly classes: number;
}

export type Family = 'resnet' | 'revnet';
export type UnitKind = 'basic' | 'bottleneck';

export interface Widths {
  /** Channels of the stem's output. */
  readonly stem: number;
  /** Channels of each stage's output. */
  readonly stages: readonly number[];
}

export function widthsOf({ unit, channels: [stem, ...stages] }: NetworkSpecification): Widths {
  return { stem, stages: stages.map((width) => (unit === 'bottleneck' ? 4 * width : width)) };
}

/** Parts that the channels are cut into: a reversible unit works on two halves. */
export const partsOf = (family: Family): 1 | 2 => (family === 'revnet' ? 2 : 1);

/** Layers that one more unit in each of the three stages adds: two or three convolutions a branch. */
const layersPerUnit = (family: Family, unit: UnitKind): number => 3 * (unit === 'basic' ? 2 : 3) * partsOf(family);

/** 164 layers are bottlenecks; every other depth is made of basic units. */
const unitOf = (depth: number): UnitKind => (depth === 164 ? 'bottleneck' : 'basic');

/** Units in each stage of the network of that depth; a fraction where there is none: the stem and the classifier are layers too. */
export const unitsPerStage = (family: Family, depth: number): number =>
  (depth - 2) / layersPerUnit(family, unitOf(depth));

/**
 * The network of a family and a depth: one of the paper's six, or another made as they are. The last stage of RevNet-38 is
 * narrower, so that it has no more parameters than ResNet-32.
 */
export function networkOfDepth(family: Family, depth: number, classes: number): NetworkSpecification {
  const ofRevnet = depth === 38 ? ([32, 32, 64, 112] as const) : ([32, 32, 64, 128] as const);
  return {
    family,
    unit: unitOf(depth),
    unitsPerStage: unitsPerStage(family, depth),
    channels: family === 'revnet' ? ofRevnet : [16, 16, 32, 64],
    classes,
  };
}
