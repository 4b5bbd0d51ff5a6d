/** The few protocol buffers that cross the C API, by field number (tensorflow/core/protobuf/config.proto, framework/step_stats.proto). */
import protobuf from 'protobufjs/light.js';

const field = (type: string, id: number, rule?: 'repeated') => (rule === undefined ? { type, id } : { type, id, rule });

/** `map<string, type>`; protobufjs's IField lacks the key type that its maps need. */
const mapField = (type: string, id: number): protobuf.IMapField => ({ keyType: 'string', type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    ConfigProto: {
      fields: {
        intraOpParallelismThreads: field('int32', 2),
        interOpParallelismThreads: field('int32', 5),
        gpuOptions: field('GPUOptions', 6),
        allowSoftPlacement: field('bool', 7),
        usePerSessionThreads: field('bool', 9),
        graphOptions: field('GraphOptions', 10),
        deviceCount: mapField('int32', 1),
      },
    },
    GPUOptions: {
      fields: {
        allowGrowth: field('bool', 4),
        visibleDeviceList: field('string', 5),
        experimental: field('GPUExperimental', 9),
      },
    },
    GPUExperimental: { fields: { virtualDevices: field('VirtualDevices', 1, 'repeated') } },
    VirtualDevices: { fields: { memoryLimitMb: field('float', 1, 'repeated') } },
    GraphOptions: {
      fields: { optimizerOptions: field('OptimizerOptions', 3), rewriteOptions: field('RewriterConfig', 10) },
    },
    OptimizerOptions: {
      fields: {
        doCommonSubexpressionElimination: field('bool', 1),
        doConstantFolding: field('bool', 2),
        optLevel: field('int32', 3),
      },
    },
    RewriterConfig: {
      fields: {
        layoutOptimizer: field('int32', 1),
        disableModelPruning: field('bool', 2),
        constantFolding: field('int32', 3),
        memoryOptimization: field('int32', 4),
        arithmeticOptimization: field('int32', 7),
        dependencyOptimization: field('int32', 8),
        loopOptimization: field('int32', 9),
        functionOptimization: field('int32', 10),
        metaOptimizerIterations: field('int32', 12),
        shapeOptimization: field('int32', 13),
        remapping: field('int32', 14),
        scopedAllocatorOptimization: field('int32', 15),
        pinToHostOptimization: field('int32', 18),
        disableMetaOptimizer: field('bool', 19),
        implementationSelector: field('int32', 22),
        commonSubgraphElimination: field('int32', 24),
        cpuLayoutConversion: field('int32', 50),
      },
    },
    RunOptions: { fields: { traceLevel: field('int32', 1) } },
    RunMetadata: { fields: { stepStats: field('StepStats', 1) } },
    StepStats: { fields: { devStats: field('DeviceStepStats', 1, 'repeated') } },
    DeviceStepStats: { fields: { device: field('string', 1), nodeStats: field('NodeExecStats', 2, 'repeated') } },
    NodeExecStats: {
      fields: {
        nodeName: field('string', 1),
        allStartMicros: field('int64', 2),
        opStartRelMicros: field('int64', 3),
        opEndRelMicros: field('int64', 4),
        allEndRelMicros: field('int64', 5),
        memory: field('AllocatorMemoryUsed', 6, 'repeated'),
        timelineLabel: field('string', 8),
        allStartNanos: field('int64', 13),
        opStartRelNanos: field('int64', 14),
        opEndRelNanos: field('int64', 15),
        allEndRelNanos: field('int64', 16),
      },
    },
    AllocatorMemoryUsed: {
      fields: { allocatorName: field('string', 1), allocationRecords: field('AllocationRecord', 6, 'repeated') },
    },
    AllocationRecord: { fields: { allocMicros: field('int64', 1), allocBytes: field('int64', 2) } },
  },
});

/** `RewriterConfig.Toggle`: most of Grappler's switches. */
export const toggle = { on: 1, off: 2 } as const;
export type Toggle = (typeof toggle)[keyof typeof toggle];

/** `RewriterConfig.MemOptType`: another enumeration, in which off is 1. */
export const memoryOptimization = { off: 1 } as const;

/** `RewriterConfig.NumIterationsType`. */
export const iterations = { one: 1 } as const;

/** `RewriterConfig.CpuLayout`. */
export const cpuLayout = { none: 0, nchwToNhwc: 1 } as const;

/** What the engine sets of ConfigProto. */
export interface SessionConfiguration {
  readonly deviceCount: Readonly<Record<string, number>>;
  readonly intraOpParallelismThreads?: number;
  readonly interOpParallelismThreads?: number;
  readonly allowSoftPlacement: boolean;
  readonly usePerSessionThreads?: boolean;
  readonly gpuOptions?: {
    readonly allowGrowth?: boolean;
    readonly visibleDeviceList?: string;
    readonly experimental?: { readonly virtualDevices: readonly { readonly memoryLimitMb: readonly number[] }[] };
  };
  readonly graphOptions?: {
    readonly optimizerOptions?: { readonly optLevel?: number; readonly doConstantFolding?: boolean };
    readonly rewriteOptions?: {
      readonly layoutOptimizer?: Toggle;
      readonly disableModelPruning?: boolean;
      readonly constantFolding?: Toggle;
      readonly memoryOptimization?: (typeof memoryOptimization)[keyof typeof memoryOptimization];
      readonly arithmeticOptimization?: Toggle;
      readonly dependencyOptimization?: Toggle;
      readonly loopOptimization?: Toggle;
      readonly functionOptimization?: Toggle;
      readonly metaOptimizerIterations?: (typeof iterations)[keyof typeof iterations];
      readonly shapeOptimization?: Toggle;
      readonly remapping?: Toggle;
      readonly scopedAllocatorOptimization?: Toggle;
      readonly pinToHostOptimization?: Toggle;
      readonly disableMetaOptimizer?: boolean;
      readonly implementationSelector?: Toggle;
      readonly commonSubgraphElimination?: Toggle;
      readonly cpuLayoutConversion?: (typeof cpuLayout)[keyof typeof cpuLayout];
    };
  };
}

export function encodeConfiguration(configuration: SessionConfiguration): Uint8Array {
  const type = root.lookupType('ConfigProto');
  return type.encode(type.fromObject(configuration)).finish();
}

/** RunOptions with FULL_TRACE: start, end and allocations of every op on every device. */
export function encodeTraceOptions(): Uint8Array {
  const type = root.lookupType('RunOptions');
  return type.encode(type.fromObject({ traceLevel: 3 })).finish();
}

/** What an op took of an allocator, or gave back: then its bytes are negative. */
export interface Allocation {
  /** `mklcpu`, `GPU_0_bfc`, … */
  readonly allocator: string;
  /** Since the epoch; an output is given back long after its op has ended. */
  readonly microseconds: number;
  readonly bytes: number;
}

/** One op's execution, microseconds since the epoch. */
export interface NodeExecution {
  readonly device: string;
  readonly node: string;
  readonly label: string;
  readonly startMicroseconds: number;
  readonly endMicroseconds: number;
  readonly allocations: readonly Allocation[];
}

interface DecodedNode {
  nodeName: string;
  timelineLabel: string;
  allStartMicros: number;
  opStartRelMicros: number;
  opEndRelMicros: number;
  allStartNanos: number;
  opStartRelNanos: number;
  opEndRelNanos: number;
  memory: { allocatorName: string; allocationRecords: { allocMicros: number; allocBytes: number }[] }[];
}

/** The op executions in a serialized RunMetadata. */
export function decodeRunMetadata(bytes: Uint8Array): NodeExecution[] {
  const type = root.lookupType('RunMetadata');
  const metadata = type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true }) as {
    stepStats: { devStats: { device: string; nodeStats: DecodedNode[] }[] } | null;
  };
  const executions: NodeExecution[] = [];
  for (const { device, nodeStats } of metadata.stepStats?.devStats ?? []) {
    for (const node of nodeStats) {
      const nanos = node.allStartNanos > 0;
      const origin = nanos ? node.allStartNanos / 1000 : node.allStartMicros;
      const start = origin + (nanos ? node.opStartRelNanos / 1000 : node.opStartRelMicros);
      const end = origin + (nanos ? node.opEndRelNanos / 1000 : node.opEndRelMicros);
      executions.push({
        device,
        node: node.nodeName,
        label: node.timelineLabel,
        startMicroseconds: start,
        endMicroseconds: end,
        allocations: node.memory.flatMap(({ allocatorName: allocator, allocationRecords }) =>
          allocationRecords.map(({ allocMicros, allocBytes }) => ({
            allocator,
            microseconds: allocMicros,
            bytes: allocBytes,
          })),
        ),
      });
    }
  }
  return executions;
}
