/** The graph that a traced function becomes: operations in program order, each on a device. What stands behind it is the subclass's. */
import type { Pass } from '../step-graph.js';

export type DataType =
  'float32' | 'int32' | 'uint8' | 'string' | 'complex64' | 'int64' | 'bool' | 'bfloat16' | 'resource';

/** A table of numbers that an operation carries with it. */
export interface ConstantTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly type: DataType }
  | { readonly shape: readonly number[] }
  | { readonly tensor: ConstantTensor };

export type Attributes = Readonly<Record<string, Attribute>>;

/** Type and shape of an output; a shape that TensorFlow does not know is that of a scalar. */
export interface OutputSpecification {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

export interface GraphOutput extends OutputSpecification {
  readonly operation: GraphOperation;
  readonly index: number;
}

export interface GraphOperation {
  /** Position in program order. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly device: number;
  readonly pass: Pass;
  readonly attributes: Attributes;
  readonly inputs: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
}

/** An input, or the members of an input list (`ConcatV2`). */
export type GraphInput = GraphOutput | readonly GraphOutput[];

/** A graph that only grows. */
export abstract class GraphBuilder {
  readonly operations: GraphOperation[] = [];
  /** Edges of `hold`, as `[earlier, later]`. */
  readonly held: (readonly [GraphOperation, GraphOperation])[] = [];
  /** Where the next operations go; set by `placement.ts`. */
  device = 0;
  pass: Pass = 'forward';
  #scope = '';

  constructor(
    /** Number of logical devices. */
    readonly devices: number,
    /** Whether convolutions round their operands to bfloat16. */
    readonly bfloat16 = false,
    /** Whether softmax cross-entropy is one kernel; GPUs have none that repeats bit for bit. */
    readonly fusedCrossEntropy = true,
  ) {}

  /** Operations added by `build` get names under `scope/`, as far as TensorFlow takes its characters. */
  named<T>(scope: string, build: () => T): T {
    const outer = this.#scope;
    const name = scope.replace(/[^\w./-]/g, '_');
    this.#scope = `${outer}${name}/`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /** Adds one operation on the current device; it waits for `control` besides its inputs. */
  add(
    type: string,
    inputs: readonly GraphInput[],
    attributes: Attributes = {},
    control: readonly GraphOperation[] = [],
  ): GraphOperation {
    const { device, pass } = this;
    if (device < 0 || device >= this.devices) throw new Error(`Internal error: device ${device} of ${this.devices}`);
    const index = this.operations.length;
    const outputs: GraphOutput[] = [];
    const operation: GraphOperation = {
      index,
      name: `${this.#scope}${type}_${index}`,
      type,
      device,
      pass,
      attributes,
      inputs: inputs.flat(),
      outputs,
    };
    for (const { dtype, shape } of this.record(operation, inputs, control))
      outputs.push({ operation, index: outputs.length, dtype, shape });
    this.operations.push(operation);
    return operation;
  }

  /** As `add`, for operations with one output. */
  output(...parameters: Parameters<GraphBuilder['add']>): GraphOutput {
    return firstOutput(this.add(...parameters));
  }

  /** As `order`, for an edge that belongs to the step, in whatever order its devices run operations. */
  hold(earlier: GraphOperation, later: GraphOperation): void {
    this.held.push([earlier, later]);
    this.order(earlier, later);
  }

  /** Makes `later` wait for `earlier`. */
  abstract order(earlier: GraphOperation, later: GraphOperation): void;

  /** Makes the operation real and tells what it puts out. */
  protected abstract record(
    operation: GraphOperation,
    inputs: readonly GraphInput[],
    control: readonly GraphOperation[],
  ): readonly OutputSpecification[];
}

export function firstOutput(operation: GraphOperation): GraphOutput {
  const output = operation.outputs[0];
  if (output === undefined) throw new Error(`Internal error: ${operation.type} has no output`);
  return output;
}
