/** The weights and running statistics of one copy of a network as its layers declare them, and placed on devices. */
import type { Distribution, Parameter, State } from './parameter.js';
import type { Placement } from './placement.js';

export type Declaration =
  | {
      readonly kind: 'weight';
      readonly name: string;
      readonly shape: readonly number[];
      /** Device group that holds it. */
      readonly group: number;
      readonly initial: Distribution;
      /** Whether L2 weight decay covers it. */
      readonly decayed: boolean;
    }
  | {
      readonly kind: 'state';
      readonly name: string;
      readonly shape: readonly number[];
      readonly group: number;
      readonly initial: number;
    };

export interface PlacedVariables {
  readonly placement: Placement;
  /** Replica by replica, each in the order of declaration. */
  readonly parameters: readonly Parameter[];
  /** On the devices of the first replica: evaluation uses the first copy of the weights. */
  readonly state: readonly State[];
}

/** Copies the weights to every replica. */
export function placeVariables(declarations: readonly Declaration[], placement: Placement): PlacedVariables {
  const parameters = Array.from({ length: placement.replicas }, (_, replica) =>
    declarations.flatMap((declared): Parameter[] => {
      if (declared.kind !== 'weight') return [];
      const { name: baseName, shape, group, initial, decayed } = declared;
      const device = placement.deviceOf(group, replica);
      return [{ name: replicaName(baseName, replica), baseName, shape, replica, device, initial, decayed }];
    }),
  ).flat();
  const state = declarations.flatMap((declared): State[] => {
    if (declared.kind !== 'state') return [];
    const { name, shape, group, initial } = declared;
    return [{ name, shape, device: placement.deviceOf(group, 0), initial }];
  });
  return { placement, parameters, state };
}

/** The name of a replica's copy of a weight. */
export const replicaName = (baseName: string, replica: number): string =>
  replica === 0 ? baseName : `replica${replica}/${baseName}`;

/** The inverse: what stands before the name of one copy. */
export function replicaOf(name: string): { readonly prefix: string; readonly baseName: string } {
  const prefix = /^replica\d+\//u.exec(name)?.[0] ?? '';
  return { prefix, baseName: name.slice(prefix.length) };
}
