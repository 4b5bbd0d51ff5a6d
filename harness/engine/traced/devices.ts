/** What a device selection means to TensorFlow: names of logical devices and the session's configuration. */
import { availableParallelism } from 'node:os';
import { iterations, memoryOptimization, toggle, type SessionConfiguration } from '../native/tensorflow-protos.js';

/** The logical devices of an engine. `devices/engine-devices.ts` makes them of a text. */
export type EngineDevices =
  /** All cores as one device. */
  | { readonly kind: 'cpu' }
  /** That many devices of one core, each running one op at a time. */
  | { readonly kind: 'cores'; readonly count: number }
  /** Visible cards by index; with more than one logical device a card, each gets an equal share of its memory. */
  | { readonly kind: 'gpu'; readonly cards: readonly GpuCard[]; readonly logicalPerCard: number };

export interface GpuCard {
  /** Among the visible cards. */
  readonly index: number;
  /** As nvidia-smi names it. */
  readonly model: string;
  /** Free memory, MiB. */
  readonly freeMiB: number;
}

/** Left to CUDA's own context and cuDNN's workspaces on a card that is cut into logical devices. */
const reservedMiB = 1024;

export interface DevicePlan {
  readonly hardware: 'cpu' | 'gpu';
  /** TensorFlow's name of each logical device. */
  readonly names: readonly string[];
  /** Whether the ops of a device are put into one order by control edges. */
  readonly ordered: boolean;
  readonly configuration: SessionConfiguration;
}

/** Grappler's passes do not pay for graphs that are already fused and placed; they cost start-up time and move ops. */
const plainGraph = { rewriteOptions: { disableMetaOptimizer: true } };

/**
 * On GPUs the layout pass is kept alone: float32 convolutions backward run in NCHW anyway, and without it each would transpose for
 * itself. Everything else is off, so that the graph that runs is the one that was traced, with transposes added to it.
 */
const layoutPassOnly = {
  rewriteOptions: {
    layoutOptimizer: toggle.on,
    metaOptimizerIterations: iterations.one,
    disableModelPruning: true,
    memoryOptimization: memoryOptimization.off,
    constantFolding: toggle.off,
    arithmeticOptimization: toggle.off,
    dependencyOptimization: toggle.off,
    loopOptimization: toggle.off,
    functionOptimization: toggle.off,
    shapeOptimization: toggle.off,
    remapping: toggle.off,
    scopedAllocatorOptimization: toggle.off,
    pinToHostOptimization: toggle.off,
    implementationSelector: toggle.off,
    commonSubgraphElimination: toggle.off,
  },
} as const;

export function planDevices(devices: EngineDevices): DevicePlan {
  switch (devices.kind) {
    case 'cpu': {
      const cores = availableParallelism();
      return {
        hardware: 'cpu',
        names: ['/device:CPU:0'],
        ordered: false,
        configuration: {
          deviceCount: { CPU: 1, GPU: 0 },
          intraOpParallelismThreads: cores,
          // One op at a time: ops that run side by side share the cores worse than one op that uses them all.
          interOpParallelismThreads: 1,
          allowSoftPlacement: true,
          graphOptions: plainGraph,
        },
      };
    }
    case 'cores':
      return {
        hardware: 'cpu',
        names: Array.from({ length: devices.count }, (_, index) => `/device:CPU:${index}`),
        ordered: true,
        configuration: {
          deviceCount: { CPU: devices.count, GPU: 0 },
          intraOpParallelismThreads: 1,
          interOpParallelismThreads: devices.count,
          allowSoftPlacement: true,
          graphOptions: plainGraph,
        },
      };
    case 'gpu': {
      const { cards, logicalPerCard } = devices;
      const count = cards.length * logicalPerCard;
      const share = (card: GpuCard): number => Math.floor((card.freeMiB - reservedMiB) / logicalPerCard);
      return {
        hardware: 'gpu',
        names: Array.from({ length: count }, (_, index) => `/device:GPU:${index}`),
        // A GPU's stream already runs one op after the other, in the order in which they become ready.
        ordered: false,
        configuration: {
          deviceCount: { CPU: 1 },
          // int32 shapes and the like have no GPU kernels.
          allowSoftPlacement: true,
          graphOptions: layoutPassOnly,
          gpuOptions: {
            // TensorFlow refuses growth together with logical devices.
            ...(logicalPerCard === 1
              ? { allowGrowth: true }
              : {
                  experimental: {
                    virtualDevices: cards.map((card) => ({
                      memoryLimitMb: Array.from({ length: logicalPerCard }, () => share(card)),
                    })),
                  },
                }),
            visibleDeviceList: cards.map((card) => card.index).join(','),
          },
        },
      };
    }
  }
}
