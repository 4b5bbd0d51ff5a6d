/** Every kind of operation of a training step, alone, with the same numbers on two devices. */
import '../engine/sum-gradient.js';
import type { Compiler, EngineVariable, FunctionBody, TensorSpecification } from '../engine/engine.js';
import { DryGraph } from '../engine/dry/dry-graph.js';
import { loadTensorFlow } from '../engine/native/c-api.js';
import { createTensor, readTensor, type Values } from '../engine/native/tensors.js';
import { runSignature, Session } from '../engine/traced/session.js';
import { TensorFlowGraph } from '../engine/traced/tensorflow-graph.js';
import type { GraphOperation, GraphOutput } from '../engine/tracing/graph.js';
import '../engine/tracing/kernels/index.js';
import { tracedOperations } from '../engine/tracing/operations.js';
import { traceFunction } from '../engine/tracing/trace.js';
import { VariableHandles } from '../engine/tracing/variable-handles.js';
import { seededRandom } from '../core/seeded-random.js';
import { requireNativeLibrary } from '../setup/native-library.js';
import { relativeDifference } from './finding.js';

/** A kind of operation, and how far two devices are apart on it. */
export interface Twin {
  readonly type: string;
  /** Over the largest value of the reference. */
  readonly difference: number;
}

/** Records the operations of a step, as any engine would run them. */
export class OperationCollector implements Compiler<readonly GraphOperation[]> {
  readonly operations = tracedOperations;
  readonly #graph: DryGraph;
  readonly #handles: VariableHandles;

  constructor(devices: number) {
    this.#graph = new DryGraph(devices);
    this.#handles = new VariableHandles(this.#graph);
  }

  variable(name: string, shape: readonly number[], device: number): EngineVariable {
    return this.#handles.create(name, shape, device);
  }

  compile(name: string, signature: readonly TensorSpecification[], body: FunctionBody): readonly GraphOperation[] {
    traceFunction({ graph: this.#graph, handles: this.#handles, ordered: false }, name, signature, body);
    return this.#graph.operations;
  }
}

/** They hold state, or give back what they are given. */
const notCompared = new Set([
  ...['Const', 'Placeholder', 'VarHandleOp', 'ReadVariableOp', 'AssignVariableOp', 'ResourceApplyMomentum', 'Identity'],
]);

/** Defined for positive numbers only, or steep near 0. */
const ofPositives = new Set(['Log', 'Sqrt', 'Rsqrt', 'RealDiv', 'Reciprocal', 'Pow']);

/** Of a batch normalisation: y, mean and variance. What it keeps for its gradient is the device's own business. */
const compared = (type: string): number =>
  type === 'FusedBatchNormV3' || type === 'FusedBatchNormGradV3' ? 3 : Infinity;

/**
 * Runs each kind of these operations (type, attributes, shapes) once on each of two devices, `names[0]` being the reference.
 * @param configuration that has both
 */
export function compareOperations(
  operations: readonly GraphOperation[],
  names: readonly [string, string],
  configuration: ConstructorParameters<typeof Session>[1],
): Twin[] {
  const tensorflow = loadTensorFlow(requireNativeLibrary());
  const graph = new TensorFlowGraph(tensorflow, names);
  const work = new TwinGraph(graph);
  const twins = kindsOf(operations).map((operation) => ({ type: operation.type, outputs: work.add(operation) }));
  const session = new Session(graph, configuration);
  try {
    const outputs = twins.flatMap((twin) => twin.outputs.flat());
    const feeds = work.feeds.map(({ output, values }) => createTensor(tensorflow, output.dtype, output.shape, values));
    const inputs = work.feeds.map(({ output }) => output);
    const results = session.runSync(runSignature(graph, inputs, outputs, []), BigUint64Array.from(feeds));
    const values = results.map((tensor) => readTensor(tensorflow, tensor));
    for (const tensor of [...feeds, ...results]) tensorflow.call.TF_DeleteTensor(tensor);
    let at = 0;
    return twins.map(({ type, outputs: [reference, other] }) => {
      const wanted = values.slice(at, (at += reference.length));
      const found = values.slice(at, (at += other.length));
      const differences = wanted.map((value, index) => relativeDifference(found[index] ?? [], value));
      return { type, difference: Math.max(0, ...differences) };
    });
  } finally {
    session.close();
  }
}

function kindsOf(operations: readonly GraphOperation[]): GraphOperation[] {
  const kinds = new Map<string, GraphOperation>();
  for (const operation of operations) {
    if (notCompared.has(operation.type)) continue;
    const { type, attributes, inputs } = operation;
    const shapes = inputs.map(({ shape, operation: producer }) =>
      producer.type === 'Const' ? JSON.stringify([...constantOf(producer).values]) : shape.join(),
    );
    const key = JSON.stringify([type, attributes, shapes]);
    if (!kinds.has(key)) kinds.set(key, operation);
  }
  return [...kinds.values()];
}

function constantOf({ attributes: { value } }: GraphOperation) {
  if (value === undefined || !('tensor' in value)) throw new Error('Internal error: a constant without a value');
  return value.tensor;
}

/** Builds operations twice, on what is fed once. */
class TwinGraph {
  readonly feeds: { readonly output: GraphOutput; readonly values: Values }[] = [];
  readonly #random = seededRandom(7);

  constructor(private readonly graph: TensorFlowGraph) {}

  add(operation: GraphOperation): [GraphOutput[], GraphOutput[]] {
    const { graph } = this;
    const range = ofPositives.has(operation.type) ? ([0.5, 1.5] as const) : ([-1, 1] as const);
    graph.device = 0;
    const inputs = operation.inputs.map((input) =>
      input.operation.type === 'Const' ? input : this.#fed(input, range),
    );
    const on = (device: number): GraphOutput[] => {
      graph.device = device;
      const own = inputs.map((input) => (input.operation.type === 'Const' ? this.#constant(input.operation) : input));
      // Its reserves come from the same batch normalisation forward, on the same device.
      const given = operation.type === 'FusedBatchNormGradV3' ? this.#withReserves(own, operation) : own;
      const lists =
        operation.type === 'ConcatV2' ? [given.slice(0, -1), ...given.slice(-1)] : listsOf(operation, given);
      return graph.add(operation.type, lists, operation.attributes).outputs.slice(0, compared(operation.type));
    };
    return [on(0), on(1)];
  }

  #fed({ dtype, shape }: GraphOutput, [low, high]: readonly [number, number]): GraphOutput {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const output = this.graph.output('Placeholder', [], { dtype: { type: dtype }, shape: { shape } });
    const draw = (): number => low + (high - low) * this.#random();
    const values =
      dtype === 'float32'
        ? Float32Array.from({ length: size }, draw)
        : dtype === 'int32'
          ? // Labels: any class there is.
            Int32Array.from({ length: size }, (_, index) => index % 2)
          : Uint8Array.from({ length: size }, (_, index) => index % 2);
    this.feeds.push({ output, values });
    return output;
  }

  #constant(operation: GraphOperation): GraphOutput {
    return this.graph.output('Const', [], operation.attributes);
  }

  #withReserves(inputs: readonly GraphOutput[], { attributes }: GraphOperation): GraphOutput[] {
    const [dy, x, scale] = inputs;
    if (dy === undefined || x === undefined || scale === undefined)
      throw new Error('Internal error: a batch normalisation without its inputs');
    const none = this.graph.output('Const', [], {
      dtype: { type: 'float32' },
      value: { tensor: { dtype: 'float32', shape: [0], values: new Float32Array(0) } },
    });
    const forward = this.graph.add('FusedBatchNormV3', [x, scale, scale, none, none], attributes);
    return [dy, x, scale, ...forward.outputs.slice(3, 6)];
  }
}

/** Operations whose inputs are one list. */
const listsOf = ({ type }: GraphOperation, inputs: readonly GraphOutput[]) =>
  type === 'AddN' || type === 'Pack' ? [inputs] : inputs;
