/** What a worker says by its exit code; what it wrote says more, where it could write. */
export const workerExits = {
  /** `result.json` is written. */
  finished: 0,
  /** A wrong call, or a run folder that cannot be read. */
  unusable: 1,
  /** `failure.json` is written. */
  failed: 3,
  /** The disk is full, and took not even `failure.json`. */
  diskFull: 4,
  /** Stopped on request; a training has written a checkpoint. */
  stopped: 130,
} as const;
