/** Variables of a traced engine: resources of TensorFlow's that stay on their device between steps. */
import type { EngineVariable } from '../engine.js';
import type { Pointer } from '../native/c-api.js';
import { createTensor, readTensor } from '../native/tensors.js';
import { firstOutput, type GraphBuilder, type GraphOperation, type GraphOutput } from './graph.js';
import { runSignature, type Session } from './session.js';

interface Resource {
  readonly variable: EngineVariable;
  readonly handle: GraphOutput;
  /** Reads the value, outside any function. */
  readonly value: GraphOutput;
  /** Assigns what is fed here. */
  readonly feed: GraphOutput;
  readonly assign: GraphOperation;
}

export class VariableStore {
  readonly #resources = new Map<EngineVariable, Resource>();
  readonly #names = new Map<string, number>();
  /** Values not yet on the device: written together, in one run. */
  #pending = new Map<EngineVariable, Float32Array>();

  constructor(
    private readonly graph: GraphBuilder,
    private readonly session: Session,
  ) {}

  create(name: string, shape: readonly number[], value: Float32Array, device: number): EngineVariable {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (value.length !== size)
      throw new Error(`Internal error: variable ${name} has ${size} elements, not ${value.length}`);
    const variable: EngineVariable = { name, shape: [...shape], device };
    const { graph } = this;
    const outer = graph.device;
    graph.device = device;
    try {
      graph.named(`variables/${this.#uniqueName(name)}`, () => {
        const unique = `${name}#${this.#resources.size}`;
        const handle = graph.output('VarHandleOp', [], {
          dtype: { type: 'float32' },
          shape: { shape },
          shared_name: { string: unique },
        });
        const feed = graph.output('Placeholder', [], { dtype: { type: 'float32' }, shape: { shape } });
        const assign = graph.add('AssignVariableOp', [handle, feed], { dtype: { type: 'float32' } });
        const read = graph.add('ReadVariableOp', [handle], { dtype: { type: 'float32' } });
        this.#resources.set(variable, { variable, handle, value: firstOutput(read), feed, assign });
      });
    } finally {
      graph.device = outer;
    }
    this.#pending.set(variable, value.slice());
    return variable;
  }

  resource(variable: EngineVariable): Resource {
    const resource = this.#resources.get(variable);
    if (resource === undefined) throw new Error(`Internal error: variable ${variable.name} belongs to another engine`);
    return resource;
  }

  /** Bytes of the variables on each device. */
  bytesOn(devices: number): number[] {
    const bytes = new Array<number>(devices).fill(0);
    for (const { device, shape } of this.#resources.keys())
      bytes[device] = (bytes[device] ?? 0) + 4 * shape.reduce((product, dimension) => product * dimension, 1);
    return bytes;
  }

  /** Puts values that were set since the last run on their devices. */
  async flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    await this.#assign([...pending.keys()], [...pending.values()]);
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
    const { tensorflow } = this.graph;
    const outputs = variables.map((variable) => this.resource(variable).value);
    const tensors = await this.session.run(runSignature([], outputs, []), new BigUint64Array(0));
    return tensors.map((tensor) => {
      const values = readTensor(tensorflow, tensor) as Float32Array;
      tensorflow.call.TF_DeleteTensor(tensor);
      return values;
    });
  }

  async #assign(variables: readonly EngineVariable[], values: readonly Float32Array[]): Promise<void> {
    const { tensorflow } = this.graph;
    const resources = variables.map((variable) => this.resource(variable));
    // Fresh tensors: the assignment keeps their memory as the variable's.
    const tensors = values.map((value, i): Pointer =>
      createTensor(tensorflow, 'float32', variables[i]?.shape ?? [], value),
    );
    const signature = runSignature(
      resources.map((resource) => resource.feed),
      [],
      resources.map((resource) => resource.assign),
    );
    await this.session.run(signature, BigUint64Array.from(tensors));
    for (const tensor of tensors) tensorflow.call.TF_DeleteTensor(tensor);
  }

  #uniqueName(name: string): string {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }
}
