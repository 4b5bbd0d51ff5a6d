/** Runs the body of a function while tfjs records: its operations, in the graph, in the order in which each device runs them. */
import { engine as tfjs, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { EngineVariable, TensorSpecification, VariableAccess } from '../engine.js';
import type { StepGraph } from '../step-graph.js';
import { tracingBackend, type Surroundings } from './backend.js';
import { floatScalar, forgetConstants } from './constants.js';
import { firstOutput, type Attributes, type GraphBuilder, type GraphOperation, type GraphOutput } from './graph.js';
import { needed, orderDevices } from './order.js';
import { onDevice } from './placement.js';
import { record } from './recording.js';
import { exportStepGraph } from './step-export.js';
import type { VariableHandles } from './variable-handles.js';

export interface Tracing {
  readonly graph: GraphBuilder;
  readonly handles: VariableHandles;
  /** Whether each device runs its ops in program order, one at a time. */
  readonly ordered: boolean;
}

/** A body that may also use the updates that only a graph has. */
export type TracedBody = (inputs: Tensor[], variables: TracedVariableAccess) => Tensor[];

export interface Traced {
  readonly inputs: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
  /** Assignments and momentum steps. */
  readonly updates: readonly GraphOperation[];
  /** What a run needs, as plain data in program order. */
  readonly step: StepGraph;
}

/** Traces `body` once for inputs of the given shapes. */
export function traceFunction(
  { graph, handles, ordered }: Tracing,
  name: string,
  signature: readonly TensorSpecification[],
  body: TracedBody,
  surroundings?: Surroundings,
): Traced {
  forgetConstants(graph);
  const traced = record(graph, () => graph.named(name, () => traceBody(graph, handles, signature, body)), surroundings);
  const ends = [
    ...traced.outputs.map((output) => output.operation),
    ...traced.updates,
    ...traced.inputs.map((input) => input.operation),
  ];
  const operations = needed(graph.operations, ends, graph.held);
  const own = new Set(operations);
  const edges = [
    ...graph.held.filter(([, later]) => own.has(later)),
    ...(ordered ? orderDevices(graph, operations) : []),
  ];
  return { ...traced, step: exportStepGraph(operations, edges, graph.devices, handles.bytesOn(graph.devices)) };
}

function traceBody(
  graph: GraphBuilder,
  handles: VariableHandles,
  signature: readonly TensorSpecification[],
  body: TracedBody,
): Omit<Traced, 'step'> {
  const inputs = signature.map(({ shape, dtype }) =>
    graph.output('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }),
  );
  const access = new TracedVariableAccess(graph, (variable) => handles.of(variable));
  // tidy: tfjs's bookkeeping of the symbolic tensors ends with the trace.
  let outputs: GraphOutput[] = [];
  tidy(() => {
    graph.pass = 'forward';
    const results = body(
      inputs.map((input) => tensorOf(input)),
      access,
    );
    outputs = results.map((result) => fetchable(graph, tracingBackend.output(result)));
  });
  return { inputs, outputs, updates: access.updates };
}

/** A tensor, off any tape, for an output of the graph. */
export function tensorOf(output: GraphOutput): Tensor {
  return tfjs().makeTensorFromTensorInfo(tracingBackend.info(output));
}

type HandleOf = (variable: EngineVariable) => GraphOutput;

export class TracedVariableAccess implements VariableAccess {
  readonly updates: GraphOperation[] = [];
  readonly #reads = new Map<EngineVariable, { tensor: Tensor; operation: GraphOperation }>();

  constructor(
    private readonly graph: GraphBuilder,
    private readonly handleOf: HandleOf,
  ) {}

  read(variable: EngineVariable): Tensor {
    const known = this.#reads.get(variable);
    if (known !== undefined) return known.tensor;
    return onDevice(variable.device, () => {
      const operation = this.graph.add('ReadVariableOp', [this.handleOf(variable)], { dtype: { type: 'float32' } });
      const tensor = tensorOf({ ...firstOutput(operation), shape: variable.shape });
      this.#reads.set(variable, { tensor, operation });
      return tensor;
    });
  }

  assign(variable: EngineVariable, value: Tensor): void {
    this.#update(variable, () => {
      const inputs = [this.handleOf(variable), this.#own(tracingBackend.output(value))];
      return this.graph.add('AssignVariableOp', inputs, { dtype: { type: 'float32' } }, this.#afterReads([variable]));
    });
  }

  applyMomentum(
    weight: EngineVariable,
    accumulator: EngineVariable,
    gradient: Tensor,
    learningRate: Tensor,
    momentum: number,
    nesterov: boolean,
  ): void {
    this.#update(weight, () => {
      const { graph } = this;
      const inputs = [
        this.handleOf(weight),
        this.handleOf(accumulator),
        tracingBackend.output(learningRate),
        tracingBackend.output(gradient),
        floatScalar(graph, momentum),
      ];
      const attributes = { use_locking: { bool: false }, use_nesterov: { bool: nesterov } };
      return graph.add('ResourceApplyMomentum', inputs, attributes, this.#afterReads([weight]));
    });
  }

  /**
   * An update by one fused operation of TensorFlow's: `type` takes the handles of `variables`, the first of which tells the device,
   * then `inputs`.
   */
  applyFused(
    type: string,
    variables: readonly [EngineVariable, ...EngineVariable[]],
    inputs: readonly Tensor[],
    attributes: Attributes = {},
  ): void {
    this.#update(variables[0], () => {
      const handles = variables.map((variable) => this.handleOf(variable));
      const outputs = inputs.map((input) => tracingBackend.output(input));
      return this.graph.add(type, [...handles, ...outputs], attributes, this.#afterReads(variables));
    });
  }

  #update(variable: EngineVariable, build: () => GraphOperation): void {
    const { graph } = this;
    const outer = graph.pass;
    this.updates.push(
      onDevice(variable.device, () => {
        graph.pass = 'update';
        return build();
      }),
    );
    graph.pass = outer;
  }

  /** A variable keeps the memory of what it is assigned: what is fed is copied, for the next call fills the same memory. */
  #own(output: GraphOutput): GraphOutput {
    let source = output;
    while (sharing.has(source.operation.type)) source = source.operation.inputs[0] ?? source;
    return source.operation.type === 'Placeholder' ? this.graph.output('DeepCopy', [output]) : output;
  }

  /** Reads of a body see the value from before it. */
  #afterReads(variables: readonly EngineVariable[]): GraphOperation[] {
    return variables.flatMap((variable) => this.#reads.get(variable)?.operation ?? []);
  }
}

/** TensorFlow gives back nothing that it was fed. */
const fetchable = (graph: GraphBuilder, output: GraphOutput): GraphOutput =>
  output.operation.type === 'Placeholder' ? graph.output('Identity', [output]) : output;

/** Operations whose output is their first input's memory. */
const sharing = new Set(['Identity', 'Reshape', 'ExpandDims', 'Squeeze']);
