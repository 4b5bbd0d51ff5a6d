/**
 * How large a training step is, read from its graph. Layers that a stage repeats are alike: the graphs of one and of two
 * repetitions give every depth. Both are traced at a batch that no other extent is a multiple of, which tells the tensors
 * that grow with the batch from those that do not: that gives every batch.
 */
import { createHash } from 'node:crypto';
import type { DeviceMemory, StepGraph } from '../engine/step-graph.js';
import { bytesMoved, parametersOf } from '../engine/step-properties.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { ProtocolOptions } from '../plan/paper/protocol-options.js';
import type { Protocol } from '../plan/profile/protocol.js';
import type { SizeOf } from '../plan/step-size.js';
import { operationKey } from './costs/operation-key.js';
import { memoryInProgramOrder } from './memory.js';
import { countedBatches, sizeAt, type AtBatches, type Counts, type StepCounts } from './step-counts.js';
import { trainingStepGraph } from './step-graph.js';

/**
 * Resident memory of a process that runs a step, from what is alive in program order. Beside the tensors that a step needs,
 * TensorFlow's allocator keeps what it has freed, kernels have workspaces, and with several cores operations run earlier than
 * in program order. Measured: the peak of six steps (VmHWM), and, less `program` and twice the variables, its
 * ratio to the tensors alive by liveness (an evaluation of 250 images and profiled steps afterwards add at most 0.1 GB):
 *
 *     residual network, batch, BN              alive     cpu:1         cpu (2 cores)
 *     73 layers, 4 wide, 16, fused             0.45 GB   1.34 GB: 1.2  1.43 GB: 1.4
 *     73 layers, 4 wide, 16, moments           0.45 GB   1.37 GB: 1.3  1.90 GB: 2.5
 *     73 layers, 4 wide, 32, moments           0.89 GB                 2.48 GB: 1.9
 *     73 layers, 2 wide, 16, fused, branches   0.25 GB   0.90 GB: 1.3  0.92 GB: 1.4
 *     73 layers, 2 wide, 16, moments, branches 0.25 GB   0.91 GB: 1.4  1.02 GB: 1.8
 *     37 layers, 2 wide, 64, fused             0.46 GB   1.03 GB: 1.1  1.02 GB: 1.1
 *     37 layers, 2 wide, 64, moments           0.46 GB   1.04 GB: 1.1  1.34 GB: 1.8
 */
const resident = {
  /** Program and TensorFlow's library, bytes. */
  program: 500e6,
  /** Weights and momentum, and what they are initialised with. */
  perVariable: 2,
  perTensor: 3,
};
/** A prime above widths and numbers of classes. */
const marked = 10_007;
/** What four steps of a network count, on one device or under a layout, once the models of its paper are loaded. */
export function traceStepCounts(network: Network, options: ProtocolOptions, layout?: Layout): StepCounts {
  const protocol = options as Protocol;
  const counted = (own: Network): Counted =>
    layout === undefined
      ? countsOf(own.defaultLayout(1, protocol), protocol, processPeak)
      : countsOf(own.layout(layout.text, protocol), protocol, fullestDevice);
  const [one, two] = [network.shortened(1), network.shortened(2)];
  const first = counted(one);
  const second = two.repetitions > one.repetitions ? counted(two) : first;
  return { one: first.sizes, two: second.sizes, distinctOperations: second.distinctOperations };
}

interface Counted {
  readonly sizes: AtBatches;
  readonly distinctOperations: string;
}

type PeakOf = (devices: readonly DeviceMemory[]) => number;

/** Of the process of a device. */
const processPeak: PeakOf = ([device]) =>
  resident.program + resident.perVariable * (device?.variables ?? 0) + resident.perTensor * (device?.tensors ?? 0);

/** Variables and tensors of the device that has most. */
const fullestDevice: PeakOf = (devices) => Math.max(...devices.map(({ peak }) => peak));

/** Sizes of steps on one device, once the models of their papers are loaded; equal questions are answered once. */
export function stepSizes(): SizeOf {
  const known = new WeakMap<ProtocolOptions, Map<string, StepCounts>>();
  return (network, options, batch) => {
    const ofOptions = known.get(options) ?? new Map<string, StepCounts>();
    known.set(options, ofOptions);
    const { key } = network.shortened(1);
    const counts = ofOptions.get(key) ?? traceStepCounts(network, options);
    ofOptions.set(key, counts);
    return sizeAt(counts, network.repetitions, batch);
  };
}

function countsOf(layout: Layout, protocol: Protocol, peakOf: PeakOf): Counted {
  const parts = layout.replicas;
  const graph = trainingStepGraph(layout, protocol, marked * parts);
  const [fewer, more] = countedBatches;
  const sizes = [
    countsAt(atBatch(graph, fewer / parts), peakOf),
    countsAt(atBatch(graph, more / parts), peakOf),
  ] as const;
  return { sizes, distinctOperations: distinctOperationsOf(graph) };
}

/** A hash of the keys that operations are priced by, with the marked batch in their shapes. */
function distinctOperationsOf(graph: StepGraph): string {
  const keys = new Set(graph.operations.map((operation) => operationKey(graph, operation)));
  return createHash('sha256')
    .update([...keys].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** A graph whose parts of a batch were traced at the marked size, with the sizes that another one gives. */
function atBatch(graph: StepGraph, batch: number): StepGraph {
  const at = (size: number): number => (size % marked === 0 ? (size / marked) * batch : size);
  return {
    ...graph,
    operations: graph.operations.map((operation) => ({
      ...operation,
      inputs: operation.inputs.map((input) => ({ ...input, bytes: at(input.bytes) })),
      outputs: operation.outputs.map((output) => ({ ...output, bytes: at(output.bytes) })),
      flops: at(operation.flops),
    })),
  };
}

function countsAt(graph: StepGraph, peakOf: PeakOf): Counts {
  const sum = (of: (operation: (typeof graph.operations)[number]) => number): number =>
    graph.operations.reduce((total, operation) => total + of(operation), 0);
  return {
    parameters: parametersOf(graph),
    peakBytes: peakOf(memoryInProgramOrder(graph)),
    flops: sum(({ flops }) => flops),
    bytesMoved: sum(bytesMoved),
    operations: graph.operations.length,
  };
}
