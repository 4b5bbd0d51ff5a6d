/** A graph whose operations are made in TensorFlow at once, which checks them and tells their outputs' types and shapes. */
import { dataTypes, type OutputReference, type Pointer, type TensorFlow } from '../native/c-api.js';
import { checked } from '../native/status.js';
import { createTensor } from '../native/tensors.js';
import {
  GraphBuilder,
  type Attribute,
  type DataType,
  type GraphInput,
  type GraphOperation,
  type GraphOutput,
  type OutputSpecification,
} from '../tracing/graph.js';
import { winogradOperation } from './winograd.js';

const nameOfType = Object.fromEntries(Object.entries(dataTypes).map(([name, number]) => [number, name])) as Record<
  number,
  DataType | undefined
>;

export class TensorFlowGraph extends GraphBuilder {
  readonly pointer: Pointer;
  readonly #pointers: Pointer[] = [];

  constructor(
    readonly tensorflow: TensorFlow,
    /** TensorFlow's names of the logical devices: `/device:CPU:0` … */
    readonly deviceNames: readonly string[],
    bfloat16 = false,
    fusedCrossEntropy = true,
    /** Threads of a convolution by Winograd's algorithm; TensorFlow's own convolutions alone where there are none. */
    readonly winogradThreads = 0,
  ) {
    super(deviceNames.length, bfloat16, fusedCrossEntropy);
    this.pointer = tensorflow.call.TF_NewGraph() as Pointer;
  }

  override order(earlier: GraphOperation, later: GraphOperation): void {
    this.tensorflow.call.TF_AddOperationControlInput(this.pointer, this.pointerOf(later), this.pointerOf(earlier));
  }

  /** TensorFlow's own operation. */
  pointerOf({ index, name }: GraphOperation): Pointer {
    const pointer = this.#pointers[index];
    if (pointer === undefined) throw new Error(`Internal error: ${name} is of another graph`);
    return pointer;
  }

  /** An array of `TF_Output` structs: pointer, index, padding. */
  packOutputs(outputs: readonly GraphOutput[]): BigUint64Array {
    const packed = new BigUint64Array(outputs.length * 2);
    outputs.forEach((output, i) => {
      packed[2 * i] = this.pointerOf(output.operation);
      packed[2 * i + 1] = BigInt(output.index);
    });
    return packed;
  }

  /** @throws TensorFlowError where TensorFlow rejects the operation */
  protected override record(
    operation: GraphOperation,
    inputs: readonly GraphInput[],
    control: readonly GraphOperation[],
  ): OutputSpecification[] {
    const { call } = this.tensorflow;
    const winograd = this.winogradThreads > 0 ? winogradOperation(operation) : undefined;
    const description = call.TF_NewOperation(this.pointer, winograd?.type ?? operation.type, operation.name) as Pointer;
    call.TF_SetDevice(description, this.deviceNames[operation.device]);
    for (const input of inputs) {
      if (isList(input)) call.TF_AddInputList(description, this.packOutputs(input), input.length);
      else
        call.TF_AddInput(description, {
          oper: this.pointerOf(input.operation),
          index: input.index,
        } satisfies OutputReference);
    }
    for (const before of control) call.TF_AddControlInput(description, this.pointerOf(before));
    const attributes = winograd ? { threads: { int: this.winogradThreads } } : operation.attributes;
    for (const [key, attribute] of Object.entries(attributes)) this.#setAttribute(description, key, attribute);
    const pointer = checked(this.tensorflow, (status) => call.TF_FinishOperation(description, status) as Pointer);
    this.#pointers[operation.index] = pointer;
    if (winograd) this.#setShape(pointer, winograd.shape);
    return this.#outputsOf(pointer, operation.name);
  }

  #outputsOf(oper: Pointer, name: string): OutputSpecification[] {
    const { call } = this.tensorflow;
    const count = Number(call.TF_OperationNumOutputs(oper));
    return Array.from({ length: count }, (_, index): OutputSpecification => {
      const reference: OutputReference = { oper, index };
      const dtype = nameOfType[Number(call.TF_OperationOutputType(reference))];
      if (dtype === undefined) throw new Error(`Internal error: ${name} has an output of an unknown type`);
      return checked(this.tensorflow, (status) => {
        const rank = Number(call.TF_GraphGetTensorNumDims(this.pointer, reference, status));
        // -1: unknown rank.
        const dims = new BigInt64Array(Math.max(rank, 0));
        if (rank > 0) call.TF_GraphGetTensorShape(this.pointer, reference, dims, rank, status);
        return { dtype, shape: Array.from(dims, Number) };
      });
    });
  }

  /** Of the one output of an operation about whose shape TensorFlow has no rule. */
  #setShape(oper: Pointer, shape: readonly number[]): void {
    const output: OutputReference = { oper, index: 0 };
    checked(this.tensorflow, (status) =>
      this.tensorflow.call.TF_GraphSetTensorShape(
        this.pointer,
        output,
        BigInt64Array.from(shape, BigInt),
        shape.length,
        status,
      ),
    );
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
    else {
      const { dtype, shape, values } = attribute.tensor;
      const tensor = createTensor(this.tensorflow, dtype, shape, values);
      try {
        checked(this.tensorflow, (status) => call.TF_SetAttrTensor(description, name, tensor, status));
      } finally {
        call.TF_DeleteTensor(tensor);
      }
    }
  }
}

const isList = (input: GraphInput): input is readonly GraphOutput[] => Array.isArray(input);
