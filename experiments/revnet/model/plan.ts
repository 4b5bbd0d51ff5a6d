/** The units of a network, written down: names, channels and strides, from which weights and computations follow. */
import { partsOf, widthsOf, type NetworkSpecification, type UnitKind } from './specification.js';

/** A convolution of a residual branch, with the normalisation and ReLU before it. */
export interface ConvolutionPlan {
  readonly normalised: boolean;
  readonly size: 1 | 3;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

export interface BranchPlan {
  /** Where its weights begin: `stage1/unit2/F`. */
  readonly name: string;
  readonly convolutions: readonly ConvolutionPlan[];
}

export interface UnitPlan {
  /** `stage1/unit2`; stages and units count from 1. */
  readonly name: string;
  readonly stage: number;
  readonly kind: UnitKind;
  /** Parts that the channels are cut into: 2 where the unit is reversible. */
  readonly parts: 1 | 2;
  /** Channels of a part, before and after. */
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  /** The very first unit's branch begins with its convolution, since the stem ends with BN and ReLU. */
  readonly activated: boolean;
  /** The first of its stage: it may change the shape, and is not inverted. */
  readonly first: boolean;
  /** Names of the convolutions on the shortcut, one a part; empty where the shortcut has no weights. */
  readonly shortcuts: readonly string[];
}

export function unitsOf(network: NetworkSpecification): UnitPlan[] {
  const { stem, stages } = widthsOf(network);
  const parts = partsOf(network.family);
  return stages.flatMap((width, index) => {
    const before = index === 0 ? stem : (stages[index - 1] ?? stem);
    return Array.from({ length: network.unitsPerStage }, (_, unit): UnitPlan => {
      const name = `stage${index + 1}/unit${unit + 1}`;
      const first = unit === 0;
      const [from, to] = [(first ? before : width) / parts, width / parts];
      const stride = first && index > 0 ? 2 : 1;
      const projected = network.unit === 'bottleneck' && (stride > 1 || from !== to);
      const shortcuts = parts === 1 ? ['shortcut'] : ['shortcut1', 'shortcut2'];
      return {
        ...{ name, stage: index + 1, kind: network.unit, parts, from, to, stride, first },
        activated: !(first && index === 0),
        shortcuts: projected ? shortcuts.map((shortcut) => `${name}/${shortcut}`) : [],
      };
    });
  });
}

/** F, and in a reversible unit G, which keeps the shape. */
export function branchesOf(unit: UnitPlan): BranchPlan[] {
  const F = branch(unit, `${unit.name}/F`, unit.from, unit.stride, unit.activated);
  return unit.parts === 1 ? [F] : [F, branch(unit, `${unit.name}/G`, unit.to, 1, true)];
}

/** Basic: 3x3 twice. Bottleneck: 1x1 to a quarter of the width, 3x3, 1x1. The first convolution has the stride. */
function branch(unit: UnitPlan, name: string, from: number, stride: number, activated: boolean): BranchPlan {
  const { to, kind } = unit;
  if (kind === 'basic')
    return {
      name,
      convolutions: [
        { normalised: activated, size: 3, from, to, stride },
        { normalised: true, size: 3, from: to, to, stride: 1 },
      ],
    };
  const narrow = to / 4;
  return {
    name,
    convolutions: [
      { normalised: activated, size: 1, from, to: narrow, stride },
      { normalised: true, size: 3, from: narrow, to: narrow, stride: 1 },
      { normalised: true, size: 1, from: narrow, to, stride: 1 },
    ],
  };
}
