/**
 * How large a training step is, read from its graph. Layers that a stage repeats are alike, and a step's counts grow by
 * the same amount with each image: traces of one and of two repetitions, at two small batches, give every depth and batch.
 */
import { bytesMoved, parametersOf } from '../engine/step-properties.js';
import type { Network } from '../plan/paper/network.js';
import type { ProtocolOptions } from '../plan/paper/protocol-options.js';
import type { Protocol } from '../plan/profile/protocol.js';
import type { SizeOf, StepSize } from '../plan/step-size.js';
import { memoryOf } from './memory.js';
import { freeLinks } from './schedule/links.js';
import { prepareGraph } from './schedule/prepared-graph.js';
import { simulate } from './schedule/simulate.js';
import { trainingStepGraph } from './step-graph.js';

/** Of the program, TensorFlow's library and a batch, bytes. */
const program = 400e6;
const [fewer, more] = [2, 4];

type Counts = Readonly<Record<keyof StepSize, number>>;

/** Sizes of steps on one device, once the models of their papers are loaded; equal questions are answered once. */
export function stepSizes(): SizeOf {
  const known = new WeakMap<ProtocolOptions, Map<string, (repetitions: number, batch: number) => StepSize>>();
  return (network, options, batch) => {
    const ofOptions = known.get(options) ?? new Map<string, (repetitions: number, batch: number) => StepSize>();
    known.set(options, ofOptions);
    const key = network.shortened(1).key;
    const sizes = ofOptions.get(key) ?? sizesOf(network, options);
    ofOptions.set(key, sizes);
    return sizes(network.repetitions, batch);
  };
}

function sizesOf(network: Network, options: ProtocolOptions): (repetitions: number, batch: number) => StepSize {
  const protocol = options as Protocol;
  const [one, two] = [network.shortened(1), network.shortened(2)];
  const longer = two.repetitions > one.repetitions;
  const ofBatch = (batch: number): ((repetitions: number) => Counts) => {
    const first = countsOf(one, protocol, batch);
    const second = longer ? countsOf(two, protocol, batch) : first;
    return (repetitions) => line(first, second, repetitions - 1);
  };
  const [small, large] = [ofBatch(fewer), ofBatch(more)];
  return (repetitions, batch) => {
    const { peakBytes, ...rest } = line(small(repetitions), large(repetitions), (batch - fewer) / (more - fewer));
    return { ...rest, peakBytes: program + peakBytes };
  };
}

/** On the straight line through two counts: the first at 0, the second at 1. */
function line(first: Counts, second: Counts, at: number): Counts {
  const on = (name: keyof StepSize): number => first[name] + at * (second[name] - first[name]);
  return {
    parameters: on('parameters'),
    peakBytes: on('peakBytes'),
    flops: on('flops'),
    bytesMoved: on('bytesMoved'),
    operations: on('operations'),
  };
}

function countsOf(network: Network, protocol: Protocol, batch: number): Counts {
  const graph = trainingStepGraph(network.defaultLayout(1, protocol), protocol, batch);
  const prepared = prepareGraph(graph);
  // On one device, in program order: how long an operation takes does not matter.
  const schedule = simulate(prepared, new Float64Array(graph.operations.length).fill(1), {
    order: 'program',
    topology: freeLinks(1),
  });
  const sum = (of: (operation: (typeof graph.operations)[number]) => number): number =>
    graph.operations.reduce((total, operation) => total + of(operation), 0);
  return {
    parameters: parametersOf(graph),
    peakBytes: memoryOf(prepared, schedule)[0]?.peak ?? 0,
    flops: sum(({ flops }) => flops),
    bytesMoved: sum(bytesMoved),
    operations: graph.operations.length,
  };
}
