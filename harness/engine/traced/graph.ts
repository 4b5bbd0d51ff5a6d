/** Builds a TensorFlow graph operation by operation, with a device for each, and remembers it as plain data. */
import { checked } from '../native/status.js';
import { dataTypes, type DataType, type OutputReference, type Pointer, type TensorFlow } from '../native/c-api.js';
import type { Pass } from '../step-graph.js';

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly type: DataType }
  | { readonly shape: readonly number[] }
  | { readonly tensor: Pointer };

export interface GraphOutput {
  readonly operation: GraphOperation;
  readonly index: number;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

export interface GraphOperation {
  /** Position in program order. */
  readonly index: number;
  readonly pointer: Pointer;
  readonly name: string;
  readonly type: string;
  readonly device: number;
  readonly pass: Pass;
  readonly inputs: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
}

const nameOfType = Object.fromEntries(Object.entries(dataTypes).map(([name, number]) => [number, name])) as Record<
  number,
  DataType | undefined
>;

/** A graph of TensorFlow's that only grows. */
export class GraphBuilder {
  readonly pointer: Pointer;
  readonly operations: GraphOperation[] = [];
  /** Where the next operations go; set by `placement.ts`. */
  device = 0;
  pass: Pass = 'forward';
  #scope = '';

  constructor(
    readonly tensorflow: TensorFlow,
    /** TensorFlow's names of the logical devices: `/device:CPU:0` … */
    readonly deviceNames: readonly string[],
    /** Whether convolutions round their operands to bfloat16. */
    readonly bfloat16 = false,
  ) {
    this.pointer = tensorflow.call.TF_NewGraph() as Pointer;
  }

  /** Operations added by `build` get names under `scope/`. */
  named<T>(scope: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = `${outer}${scope}/`;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /**
   * Adds one operation on the current device. An input that is itself a list becomes an input list (`ConcatV2`).
   * @throws TensorFlowError where TensorFlow rejects it.
   */
  add(
    type: string,
    inputs: readonly (GraphOutput | readonly GraphOutput[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: { readonly name?: string; readonly control?: readonly GraphOperation[] } = {},
  ): GraphOperation {
    const { call } = this.tensorflow;
    const index = this.operations.length;
    const name = `${this.#scope}${options.name ?? `${type}_${index}`}`;
    const description = call.TF_NewOperation(this.pointer, type, name) as Pointer;
    const deviceName = this.deviceNames[this.device];
    if (deviceName === undefined) throw new Error(`Internal error: no device ${this.device}`);
    call.TF_SetDevice(description, deviceName);
    for (const input of inputs) {
      if (isList(input)) call.TF_AddInputList(description, packOutputs(input), input.length);
      else call.TF_AddInput(description, referenceOf(input));
    }
    for (const operation of options.control ?? []) call.TF_AddControlInput(description, operation.pointer);
    for (const [key, attribute] of Object.entries(attributes)) this.#setAttribute(description, key, attribute);
    const pointer = checked(this.tensorflow, (status) => call.TF_FinishOperation(description, status) as Pointer);
    const operation: GraphOperation = {
      index,
      pointer,
      name,
      type,
      device: this.device,
      pass: this.pass,
      inputs: inputs.flat(),
      outputs: [],
    };
    (operation.outputs as GraphOutput[]).push(...this.#outputsOf(operation));
    this.operations.push(operation);
    return operation;
  }

  /** As `add`, for operations with one output. */
  output(...parameters: Parameters<GraphBuilder['add']>): GraphOutput {
    return firstOutput(this.add(...parameters));
  }

  /** Makes `later` wait for `earlier`. */
  order(earlier: GraphOperation, later: GraphOperation): void {
    this.tensorflow.call.TF_AddOperationControlInput(this.pointer, later.pointer, earlier.pointer);
  }

  #outputsOf(operation: GraphOperation): GraphOutput[] {
    const { call } = this.tensorflow;
    const count = Number(call.TF_OperationNumOutputs(operation.pointer));
    return Array.from({ length: count }, (_, index): GraphOutput => {
      const reference: OutputReference = { oper: operation.pointer, index };
      const dtype = nameOfType[Number(call.TF_OperationOutputType(reference))];
      if (dtype === undefined) throw new Error(`Internal error: ${operation.name} has an output of an unknown type`);
      return checked(this.tensorflow, (status) => {
        const rank = Number(call.TF_GraphGetTensorNumDims(this.pointer, reference, status));
        // -1: unknown rank, which only non-numeric outputs (resources) have here.
        const dims = new BigInt64Array(Math.max(rank, 0));
        if (rank > 0) call.TF_GraphGetTensorShape(this.pointer, reference, dims, rank, status);
        return { operation, index, dtype, shape: Array.from(dims, Number) };
      });
    });
  }

  #setAttribute(description: Pointer, name: string, attribute: Attribute): void {
    const { call } = this.tensorflow;
    if ('int' in attribute) call.TF_SetAttrInt(description, name, attribute.int);
    else if ('ints' in attribute)
      call.TF_SetAttrIntList(description, name, BigInt64Array.from(attribute.ints, BigInt), attribute.ints.length);
    else if ('float' in attribute) call.TF_SetAttrFloat(description, name, attribute.float);
    else if ('bool' in attribute) call.TF_SetAttrBool(description, name, attribute.bool ? 1 : 0);
    else if ('string' in attribute)
      call.TF_SetAttrString(description, name, attribute.string, Buffer.byteLength(attribute.string));
    else if ('type' in attribute) call.TF_SetAttrType(description, name, dataTypes[attribute.type]);
    else if ('shape' in attribute)
      call.TF_SetAttrShape(description, name, BigInt64Array.from(attribute.shape, BigInt), attribute.shape.length);
    else checked(this.tensorflow, (status) => call.TF_SetAttrTensor(description, name, attribute.tensor, status));
  }
}

const isList = (input: GraphOutput | readonly GraphOutput[]): input is readonly GraphOutput[] => Array.isArray(input);

export const referenceOf = (output: GraphOutput): OutputReference => ({
  oper: output.operation.pointer,
  index: output.index,
});

/** An array of `TF_Output` structs: pointer, index, padding. */
export function packOutputs(outputs: readonly GraphOutput[]): BigUint64Array {
  const packed = new BigUint64Array(outputs.length * 2);
  outputs.forEach((output, i) => {
    packed[2 * i] = output.operation.pointer;
    packed[2 * i + 1] = BigInt(output.index);
  });
  return packed;
}

export function firstOutput(operation: GraphOperation): GraphOutput {
  const output = operation.outputs[0];
  if (output === undefined) throw new Error(`Internal error: ${operation.type} has no output`);
  return output;
}
