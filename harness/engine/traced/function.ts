/** One traced function: its part of the graph, ordered, with everything a run needs prepared. */
import type { EngineFunction, TensorSpecification, TypedArray } from '../engine.js';
import type { Pointer } from '../native/c-api.js';
import { allocateTensor, readTensor, tensorBytes } from '../native/tensors.js';
import type { DeviceMemory, StepGraph, StepProfile } from '../step-graph.js';
import type { Surroundings } from '../tracing/backend.js';
import { traceFunction, type TracedBody, type Tracing } from '../tracing/trace.js';
import { runSignature, type RunSignature, type Session } from './session.js';
import { allocatedMemory } from './allocated-memory.js';
import { timesOf, type StepTimes } from './step-times.js';
import type { TensorFlowGraph } from './tensorflow-graph.js';
import type { VariableStore } from './variables.js';

export interface TracingContext extends Omit<Tracing, 'handles'> {
  readonly graph: TensorFlowGraph;
  readonly session: Session;
  readonly variables: VariableStore;
  readonly hardware: { readonly kind: 'cpu' | 'gpu'; readonly model: string };
}

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
  /** Their memory. */
  readonly #feedBytes: readonly Uint8Array[];
  #running = false;

  constructor(
    context: TracingContext,
    name: string,
    signature: readonly TensorSpecification[],
    body: TracedBody,
    surroundings?: Surroundings,
  ) {
    this.#context = context;
    const { graph, variables, ordered } = context;
    const tracing = { graph, handles: variables.handles, ordered };
    const traced = traceFunction(tracing, name, signature, body, surroundings);
    this.graph = traced.step;
    this.outputs = traced.outputs.map((output) => ({
      shape: output.shape,
      dtype: output.dtype === 'int32' || output.dtype === 'bool' ? output.dtype : 'float32',
    }));
    this.#signature = runSignature(graph, traced.inputs, traced.outputs, traced.updates);
    this.#feeds = signature.map(({ shape, dtype }) => allocateTensor(graph.tensorflow, dtype, shape));
    this.#feedPointers = BigUint64Array.from(this.#feeds);
    this.#feedBytes = this.#feeds.map((feed) => tensorBytes(graph.tensorflow, feed));
  }

  async run(...inputs: TypedArray[]): Promise<TypedArray[]> {
    return this.#exclusively(async () => {
      this.#feed(inputs);
      await this.#context.variables.flush();
      return this.#take(await this.#context.session.run(this.#signature, this.#feedPointers));
    });
  }

  /** As `run`, on this thread: the event loop waits. */
  runSync(...inputs: TypedArray[]): TypedArray[] {
    if (this.#running) throw new Error('Internal error: a function was run while it runs; await it first');
    this.#feed(inputs);
    this.#context.variables.flushSync();
    return this.#take(this.#context.session.runSync(this.#signature, this.#feedPointers));
  }

  /**
   * Runs `steps` steps with every op timed and every allocation recorded. The steps are real: variables change.
   * @throws Problem PROFILE_WITHOUT_KERNELS
   */
  async profile(steps: number, inputs: TypedArray[]): Promise<StepProfile> {
    const { hardware } = this.#context;
    const measured: StepTimes[] = [];
    const memory: DeviceMemory[][] = [];
    for (let step = 0; step < steps; step += 1) {
      await this.#exclusively(async () => {
        this.#feed(inputs);
        await this.#context.variables.flush();
        const { outputs, executions } = await this.#context.session.runTraced(this.#signature, this.#feedPointers);
        this.#take(outputs);
        measured.push(timesOf(this.graph, executions, hardware.kind));
        memory.push(allocatedMemory(this.graph, executions, hardware.kind));
      });
    }
    return {
      graph: this.graph,
      start: measured.map((times) => times.start),
      duration: measured.map((times) => times.duration),
      span: measured.map((times) => times.span),
      unmatched: measured.map((times) => times.unmatched),
      memory,
      hardware,
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

  #feed(inputs: readonly TypedArray[]): void {
    if (inputs.length !== this.#feeds.length)
      throw new Error(`Internal error: ${inputs.length} inputs instead of ${this.#feeds.length}`);
    this.#feedBytes.forEach((bytes, i) => {
      const input = inputs[i];
      if (input === undefined || input.byteLength !== bytes.length)
        throw new Error(`Internal error: input ${i} has ${input?.byteLength} bytes instead of ${bytes.length}`);
      bytes.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    });
  }

  #take(tensors: readonly Pointer[]): TypedArray[] {
    const { tensorflow } = this.#context.graph;
    return tensors.map((tensor) => {
      const values = readTensor(tensorflow, tensor);
      tensorflow.call.TF_DeleteTensor(tensor);
      return values;
    });
  }
}
