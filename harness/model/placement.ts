/** Which device computes what. */

/**
 * A network is divided into device groups: one, or several whose devices share its work. Under data parallelism each
 * group has a device for every replica.
 */
export interface Placement {
  readonly devices: number;
  readonly replicas: number;
  /** Logical device on which a replica computes what belongs to a group. */
  readonly deviceOf: (group: number, replica: number) => number;
}

/** `groups` x `replicas` devices, a group's devices next to each other. */
export const placement = (groups: number, replicas: number): Placement => ({
  devices: groups * replicas,
  replicas,
  deviceOf: (group, replica) => group * replicas + replica,
});
