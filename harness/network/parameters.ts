/** Every weight and running statistic of a network: its name, its shape, and the device that holds it. */
import { bracketsOf, type Layout } from './layout.js';
import { unitsPerStage, type NetworkSpecification } from './specification.js';

export type ParameterRole = 'convolution' | 'scale' | 'offset' | 'classifier-weights' | 'classifier-bias';

export interface Parameter {
  /** `stage1/unit3/convolutionA`; copies of data parallelism beyond the first are `replica1/…`. */
  readonly name: string;
  /** The same without the replica, so that checkpoints do not depend on the layout. */
  readonly baseName: string;
  /** Convolutions [height, width, channels in, channels out], classifier [channels, classes], others [channels]. */
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  readonly replica: number;
  /** Logical device that holds it. */
  readonly device: number;
}

/** A running average of batch normalisation, [channels]. */
export interface Statistic {
  /** `stage1/unit3/normA/mean`. */
  readonly name: string;
  readonly kind: 'mean' | 'variance';
  readonly channels: number;
  readonly device: number;
}

/** Width of the stem; stage s has 16 kw, 32 kw, 64 kw channels (Table 1). */
export const stemChannels = 16;
export const stageChannels = (kw: number): readonly [number, number, number] => [16 * kw, 32 * kw, 64 * kw];

/** Where a unit's weights begin: `stage1/unit3`; stages and units count from 1, units through the whole stage. */
export const unitName = (stage: number, unit: number): string => `stage${stage}/unit${unit}`;

/** The three normalisations of a residual branch, in order (method.md 6.1). */
export const branchNorms = ['normA', 'normB', 'normC'] as const;

/** The weights of one copy, in the order of the network. */
export function parametersOf(network: NetworkSpecification, layout: Layout, replica = 0): readonly Parameter[] {
  const holder = unitHolder(network, layout);
  const add = (baseName: string, role: ParameterRole, shape: readonly number[], bracket: number): Parameter => {
    const name = replica === 0 ? baseName : `replica${replica}/${baseName}`;
    return { name, baseName, shape, role, replica, device: bracket + replica };
  };
  const norm = (name: string, channels: number, bracket: number) => [
    add(`${name}/scale`, 'scale', [channels], bracket),
    add(`${name}/offset`, 'offset', [channels], bracket),
  ];

  const stages = stageChannels(network.kw).flatMap((channels, stage) =>
    Array.from({ length: unitsPerStage(network) }, (_, index) => {
      const name = unitName(stage + 1, index + 1);
      const bracket = holder(index + 1);
      const kernel = [3, 3, channels, channels];
      return [
        ...norm(`${name}/normA`, channels, bracket),
        add(`${name}/convolutionA`, 'convolution', kernel, bracket),
        ...norm(`${name}/normB`, channels, bracket),
        add(`${name}/convolutionB`, 'convolution', kernel, bracket),
        ...norm(`${name}/normC`, channels, bracket),
      ];
    }).flat(),
  );
  const [, , features] = stageChannels(network.kw);
  return [
    add('stem/convolution', 'convolution', [3, 3, 3, stemChannels], 0),
    ...norm('stem/norm', stemChannels, 0),
    ...stages,
    ...norm('head/norm', features, 0),
    add('classifier/weights', 'classifier-weights', [features, network.classes], 0),
    add('classifier/bias', 'classifier-bias', [network.classes], 0),
  ];
}

/** Which bracket holds a unit's weights: the one that computes its branch `F_j`. */
function unitHolder(network: NetworkSpecification, layout: Layout): (unitOfStage: number) => number {
  if (network.family === 'wrn') return () => 0;
  const brackets = bracketsOf(layout);
  return (unitOfStage) => {
    const unit = ((unitOfStage - 1) % network.K) + 1;
    return brackets.findIndex((terms) => terms.some((term) => term.kind === 'residual' && term.unit === unit));
  };
}

/** The running averages: a mean and a variance for each normalisation, held with the first copy's scale and offset. */
export function statisticsOf(parameters: readonly Parameter[]): readonly Statistic[] {
  return parameters
    .filter((parameter) => parameter.role === 'scale' && parameter.replica === 0)
    .flatMap(({ baseName, shape, device }) =>
      (['mean', 'variance'] as const).map((kind) => {
        const [channels = 0] = shape;
        return { name: `${baseName.slice(0, -'/scale'.length)}/${kind}`, kind, channels, device };
      }),
    );
}

/** Trainable values, copies of data parallelism counted once. */
export const trainedValues = (parameters: readonly Parameter[]): number =>
  parameters
    .filter(({ replica }) => replica === 0)
    .reduce((total, { shape }) => total + shape.reduce((product, extent) => product * extent, 1), 0);

const counts = new Map<string, number>();

/** Trainable values of a network, the same for a WRN and its WarpNets. Kept, since a plan asks for every cell. */
export function parameterCount(network: NetworkSpecification): number {
  const { kw, classes } = network;
  const chain: NetworkSpecification = { family: 'wrn', unitsPerStage: unitsPerStage(network), kw, classes };
  const key = JSON.stringify(chain);
  const known = counts.get(key);
  if (known !== undefined) return known;
  // The weights of a chain are on one device, whatever its layout says.
  const count = trainedValues(parametersOf(chain, { kind: 'operator', brackets: [[]], recompute: false }));
  counts.set(key, count);
  return count;
}
