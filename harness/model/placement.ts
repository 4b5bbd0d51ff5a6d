/** Which device computes what. */

/**
 * A network is divided into device groups: one, or several whose devices share its work. Under data parallelism each
 * group has a device for every replica. In a pipeline each group is a stage: what it computes needs only what the group
 * before it computed.
 */
export interface Placement {
  readonly devices: number;
  readonly replicas: number;
  /** Parts of a training batch that a replica computes one after the other with the same weights; 1 but for pipelines. */
  readonly microBatches: number;
  /** Logical device on which a replica computes what belongs to a group. */
  readonly deviceOf: (group: number, replica: number) => number;
}

/** `groups` x `replicas` devices, a group's devices next to each other. */
export const placement = (groups: number, replicas: number, microBatches = 1): Placement => ({
  devices: groups * replicas,
  replicas,
  microBatches,
  deviceOf: (group, replica) => group * replicas + replica,
});
