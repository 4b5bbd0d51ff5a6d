/** One traced function: its part of the graph, ordered, with everything a run needs prepared. */
import { engine as tfjs, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { EngineFunction, EngineVariable, TensorSpecification, TypedArray, VariableAccess } from '../engine.js';
import type { Pointer } from '../native/c-api.js';
import { allocateTensor, readTensor, tensorBytes } from '../native/tensors.js';
import type { StepGraph, StepProfile } from '../step-graph.js';
import { tracingBackend } from './backend.js';
import { floatScalar } from './constants.js';
import type { GraphBuilder, GraphOperation, GraphOutput } from './graph.js';
import { needed, orderDevices } from './order.js';
import { onDevice } from './placement.js';
import { record } from './recording.js';
import { runSignature, type RunSignature, type Session } from './session.js';
import { exportStepGraph, timesOf } from './step-export.js';
import type { VariableStore } from './variables.js';

export interface TracingContext {
  readonly graph: GraphBuilder;
  readonly session: Session;
  readonly variables: VariableStore;
  /** Whether each device runs its ops in program order, one at a time. */
  readonly ordered: boolean;
  readonly hardware: { readonly kind: 'cpu' | 'gpu'; readonly model: string };
}

type Body = (inputs: Tensor[], variables: VariableAccess) => Tensor[];

/** A function of the traced engine; also tells its graph and profiles itself. */
export class TracedFunction implements EngineFunction {
  readonly outputs: readonly TensorSpecification[];
  /** The step as plain data, in program order. */
  readonly graph: StepGraph;
  readonly #context: TracingContext;
  readonly #signature: RunSignature;
  /** One tensor an input, refilled for every run. */
  readonly #feeds: readonly Pointer[];
  readonly #feedPointers: BigUint64Array;
  #running = false;

  constructor(context: TracingContext, name: string, signature: readonly TensorSpecification[], body: Body) {
    this.#context = context;
    const { graph } = context;
    const traced = record(graph, () => graph.named(name, () => trace(context, signature, body)));
    const operations = needed(graph.operations, [
      ...traced.outputs.map((output) => output.operation),
      ...traced.updates,
      ...traced.inputs.map((input) => input.operation),
    ]);
    const edges = context.ordered ? orderDevices(graph, operations) : [];
    this.graph = exportStepGraph(
      operations,
      edges,
      graph.deviceNames.length,
      context.variables.bytesOn(graph.deviceNames.length),
    );
    this.outputs = traced.outputs.map((output) => ({
      shape: output.shape,
      dtype: output.dtype === 'int32' ? 'int32' : 'float32',
    }));
    this.#signature = runSignature(traced.inputs, traced.outputs, traced.updates);
    this.#feeds = signature.map(({ shape, dtype }) => allocateTensor(graph.tensorflow, dtype, shape));
    this.#feedPointers = BigUint64Array.from(this.#feeds);
  }

  async run(...inputs: TypedArray[]): Promise<TypedArray[]> {
    return this.#exclusively(async () => {
      await this.#feed(inputs);
      return this.#take(await this.#context.session.run(this.#signature, this.#feedPointers));
    });
  }

  /** Runs `steps` steps with every op timed. The steps are real: variables change. */
  async profile(steps: number, inputs: TypedArray[]): Promise<StepProfile> {
    const measured: ReturnType<typeof timesOf>[] = [];
    for (let step = 0; step < steps; step += 1) {
      await this.#exclusively(async () => {
        await this.#feed(inputs);
        const { outputs, executions } = await this.#context.session.runTraced(this.#signature, this.#feedPointers);
        this.#take(outputs);
        measured.push(timesOf(this.graph, executions));
      });
    }
    return {
      graph: this.graph,
      start: measured.map((times) => times.start),
      duration: measured.map((times) => times.duration),
      span: measured.map((times) => times.span),
      hardware: this.#context.hardware,
    };
  }

  /** Frees the feeds. */
  dispose(): void {
    for (const feed of this.#feeds) this.#context.graph.tensorflow.call.TF_DeleteTensor(feed);
  }

  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running) throw new Error('Internal error: a function was run while it runs; await it first');
    this.#running = true;
    try {
      return await run();
    } finally {
      this.#running = false;
    }
  }

  async #feed(inputs: readonly TypedArray[]): Promise<void> {
    const { tensorflow } = this.#context.graph;
    if (inputs.length !== this.#feeds.length)
      throw new Error(`Internal error: ${inputs.length} inputs instead of ${this.#feeds.length}`);
    this.#feeds.forEach((feed, i) => {
      const bytes = tensorBytes(tensorflow, feed);
      const input = inputs[i];
      if (input === undefined || input.byteLength !== bytes.length)
        throw new Error(`Internal error: input ${i} has ${input?.byteLength} bytes instead of ${bytes.length}`);
      bytes.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    });
    await this.#context.variables.flush();
  }

  #take(tensors: readonly Pointer[]): TypedArray[] {
    const { tensorflow } = this.#context.graph;
    return tensors.map((tensor) => {
      const values = readTensor(tensorflow, tensor);
      tensorflow.call.TF_DeleteTensor(tensor);
      return values instanceof Uint8Array ? Int32Array.from(values) : values;
    });
  }
}

interface Traced {
  readonly inputs: GraphOutput[];
  readonly outputs: GraphOutput[];
  readonly updates: GraphOperation[];
}

function trace(context: TracingContext, signature: readonly TensorSpecification[], body: Body): Traced {
  const { graph } = context;
  const inputs = signature.map(({ shape, dtype }) =>
    graph.output('Placeholder', [], { dtype: { type: dtype }, shape: { shape } }),
  );
  const access = new TracedVariableAccess(context);
  // tidy: tfjs's bookkeeping of the symbolic tensors ends with the trace.
  let outputs: GraphOutput[] = [];
  tidy(() => {
    graph.pass = 'forward';
    const results = body(
      inputs.map((input) => tensorOf(input)),
      access,
    );
    outputs = results.map((result) => tracingBackend.output(result));
  });
  return { inputs, outputs, updates: access.updates };
}

/** A tensor, off any tape, for an output of the graph. */
export function tensorOf(output: GraphOutput): Tensor {
  return tfjs().makeTensorFromTensorInfo(tracingBackend.info(output));
}

class TracedVariableAccess implements VariableAccess {
  readonly updates: GraphOperation[] = [];
  readonly #reads = new Map<EngineVariable, { tensor: Tensor; operation: GraphOperation }>();

  constructor(private readonly context: TracingContext) {}

  read(variable: EngineVariable): Tensor {
    const known = this.#reads.get(variable);
    if (known !== undefined) return known.tensor;
    return onDevice(variable.device, () => {
      const { handle } = this.context.variables.resource(variable);
      const operation = this.context.graph.add('ReadVariableOp', [handle], { dtype: { type: 'float32' } });
      const [output] = operation.outputs;
      if (output === undefined) throw new Error('Internal error: ReadVariableOp without an output');
      const tensor = tensorOf({ ...output, shape: variable.shape });
      this.#reads.set(variable, { tensor, operation });
      return tensor;
    });
  }

  assign(variable: EngineVariable, value: Tensor): void {
    this.#update(variable, () => {
      const { handle } = this.context.variables.resource(variable);
      const inputs = [handle, tracingBackend.output(value)];
      return this.context.graph.add(
        'AssignVariableOp',
        inputs,
        { dtype: { type: 'float32' } },
        this.#afterRead(variable),
      );
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
      const { graph, variables } = this.context;
      const inputs = [
        variables.resource(weight).handle,
        variables.resource(accumulator).handle,
        tracingBackend.output(learningRate),
        tracingBackend.output(gradient),
        floatScalar(graph, momentum),
      ];
      const attributes = { use_locking: { bool: false }, use_nesterov: { bool: nesterov } };
      return graph.add('ResourceApplyMomentum', inputs, attributes, this.#afterRead(weight));
    });
  }

  #update(variable: EngineVariable, build: () => GraphOperation): void {
    const { graph } = this.context;
    const outer = graph.pass;
    this.updates.push(
      onDevice(variable.device, () => {
        graph.pass = 'update';
        return build();
      }),
    );
    graph.pass = outer;
  }

  /** Reads of a body see the value from before it. */
  #afterRead(variable: EngineVariable): { control: GraphOperation[] } {
    const read = this.#reads.get(variable);
    return { control: read === undefined ? [] : [read.operation] };
  }
}
