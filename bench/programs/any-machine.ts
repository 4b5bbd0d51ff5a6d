/** Two cores with the embedded data set: what a laptop has. */
import type { Machine } from '../../harness/plan/machine.js';

const missing = { available: false, reason: 'it is not needed here' } as const;
export const anyMachine: Machine = {
  devices: { kind: 'cores', count: 2 },
  deviceCount: 2,
  hardware: 'any CPU',
  cores: 2,
  engine: 'traced',
  memoryBytes: 16e9,
  datasets: {
    cifar10: missing,
    cifar100: missing,
    imagenet32: missing,
    stl10: missing,
    'fashion-mnist': { available: true, checksum: 'f', trainImages: 10_000 },
    synthetic: { available: true, checksum: 's', trainImages: 2048 },
  },
};
