/** Variables of a traced engine: resources of TensorFlow's that stay on their device between steps. */
import type { EngineVariable } from '../engine.js';
import type { Pointer } from '../native/c-api.js';
import { createTensor, readTensor } from '../native/tensors.js';
import type { GraphOperation, GraphOutput } from '../tracing/graph.js';
import { VariableHandles } from '../tracing/variable-handles.js';
import { runSignature, type RunSignature, type Session } from './session.js';
import type { TensorFlowGraph } from './tensorflow-graph.js';

/** The operations that carry a value to a variable and back, outside any function. */
interface Transfer {
  readonly value: GraphOutput;
  /** Assigns what is fed here. */
  readonly feed: GraphOutput;
  readonly assign: GraphOperation;
}

export class VariableStore {
  readonly handles: VariableHandles;
  readonly #transfers = new Map<EngineVariable, Transfer>();
  /** Values not yet on the device: written together, in one run. */
  #pending = new Map<EngineVariable, Float32Array>();

  constructor(
    private readonly graph: TensorFlowGraph,
    private readonly session: Session,
  ) {
    this.handles = new VariableHandles(graph);
  }

  create(name: string, shape: readonly number[], value: Float32Array, device: number): EngineVariable {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (value.length !== size)
      throw new Error(`Internal error: variable ${name} has ${size} elements, not ${value.length}`);
    const variable = this.handles.create(name, shape, device);
    this.#pending.set(variable, value.slice());
    return variable;
  }

  /** Puts values that were set since the last run on their devices. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    await this.#assign([...pending.keys()], [...pending.values()], (signature, feeds) =>
      this.session.run(signature, feeds),
    );
  }

  /** As `flush`, on this thread. */
  flushSync(): void {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    void this.#assign([...pending.keys()], [...pending.values()], (signature, feeds) =>
      this.session.runSync(signature, feeds),
    );
  }

  /** As `read`, on this thread. */
  readSync(variables: readonly EngineVariable[]): Float32Array[] {
    this.flushSync();
    const outputs = variables.map((variable) => this.#transfer(variable).value);
    const signature = runSignature(this.graph, [], outputs, []);
    return this.session.runSync(signature, new BigUint64Array(0)).map((tensor) => this.#taken(tensor));
  }

  set(variables: readonly EngineVariable[], values: readonly Float32Array[]): void {
    variables.forEach((variable, i) => {
      const value = values[i];
      if (value === undefined) throw new Error(`Internal error: no value for variable ${variable.name}`);
      this.#pending.set(variable, value);
    });
  }

  async read(variables: readonly EngineVariable[]): Promise<Float32Array[]> {
    await this.flush();
    const outputs = variables.map((variable) => this.#transfer(variable).value);
    const tensors = await this.session.run(runSignature(this.graph, [], outputs, []), new BigUint64Array(0));
    return tensors.map((tensor) => this.#taken(tensor));
  }

  #taken(tensor: Pointer): Float32Array {
    const { tensorflow } = this.graph;
    const values = readTensor(tensorflow, tensor) as Float32Array;
    tensorflow.call.TF_DeleteTensor(tensor);
    return values;
  }

  /** Ends before it returns where `run` does. */
  #assign(
    variables: readonly EngineVariable[],
    values: readonly Float32Array[],
    run: (signature: RunSignature, feeds: BigUint64Array) => Promise<unknown> | unknown[],
  ): Promise<unknown> | undefined {
    const { tensorflow } = this.graph;
    const transfers = variables.map((variable) => this.#transfer(variable));
    // Fresh tensors: the assignment keeps their memory as the variable's.
    const tensors = values.map((value, i): Pointer =>
      createTensor(tensorflow, 'float32', variables[i]?.shape ?? [], value),
    );
    const signature = runSignature(
      this.graph,
      transfers.map(({ feed }) => feed),
      [],
      transfers.map(({ assign }) => assign),
    );
    const release = (): void => {
      for (const tensor of tensors) tensorflow.call.TF_DeleteTensor(tensor);
    };
    const running = run(signature, BigUint64Array.from(tensors));
    if (running instanceof Promise) return running.finally(release);
    release();
    return undefined;
  }

  /** Made when it is first needed: a function's operations are then numbered as in any other graph of it. */
  #transfer(variable: EngineVariable): Transfer {
    const known = this.#transfers.get(variable);
    if (known !== undefined) return known;
    const { graph, handles } = this;
    const { name, shape } = variable;
    const transfer = handles.on(variable, name, (): Transfer => {
      const handle = handles.of(variable);
      const dtype = { type: 'float32' } as const;
      const feed = graph.output('Placeholder', [], { dtype, shape: { shape } });
      const assign = graph.add('AssignVariableOp', [handle, feed], { dtype });
      return { value: graph.output('ReadVariableOp', [handle], { dtype }), feed, assign };
    });
    this.#transfers.set(variable, transfer);
    return transfer;
  }
}
