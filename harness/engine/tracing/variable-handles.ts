/** The variables of a graph: for each a handle on its device, which reads and assignments name. */
import type { EngineVariable } from '../engine.js';
import type { GraphBuilder, GraphOutput } from './graph.js';

export class VariableHandles {
  readonly #handles = new Map<EngineVariable, GraphOutput>();
  readonly #names = new Map<string, number>();

  constructor(private readonly graph: GraphBuilder) {}

  create(name: string, shape: readonly number[], device: number): EngineVariable {
    const variable: EngineVariable = { name, shape: [...shape], device };
    const handle = this.on(variable, this.#uniqueName(name), () =>
      this.graph.output('VarHandleOp', [], {
        dtype: { type: 'float32' },
        shape: { shape },
        shared_name: { string: `${name}#${this.#handles.size}` },
      }),
    );
    this.#handles.set(variable, handle);
    return variable;
  }

  of(variable: EngineVariable): GraphOutput {
    const handle = this.#handles.get(variable);
    if (handle === undefined) throw new Error(`Internal error: variable ${variable.name} belongs to another engine`);
    return handle;
  }

  /** Adds operations on a variable's device, named after it. */
  on<T>({ device }: EngineVariable, name: string, build: () => T): T {
    const { graph } = this;
    const outer = graph.device;
    graph.device = device;
    try {
      return graph.named(`variables/${name}`, build);
    } finally {
      graph.device = outer;
    }
  }

  /** Bytes of the variables on each device. */
  bytesOn(devices: number): number[] {
    const bytes = new Array<number>(devices).fill(0);
    for (const { device, shape } of this.#handles.keys())
      bytes[device] = (bytes[device] ?? 0) + 4 * shape.reduce((product, dimension) => product * dimension, 1);
    return bytes;
  }

  #uniqueName(name: string): string {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }
}
