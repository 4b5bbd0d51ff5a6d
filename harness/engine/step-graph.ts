/** A traced step as the simulator, the trace picture and the tests see it: plain data, no engine needed. */

export type Pass = 'forward' | 'backward' | 'update';

export interface StepOutput {
  readonly shape: readonly number[];
  /** `float32`, `int32`, `bool`, … */
  readonly dtype: string;
  readonly bytes: number;
}

export type StepAttribute = string | number | boolean | readonly number[];

export interface StepOperation {
  readonly name: string;
  /** TensorFlow op type: `Conv2D`, `FusedBatchNormV3`, … */
  readonly type: string;
  /** Logical device. */
  readonly device: number;
  readonly pass: Pass;
  /** Data inputs: index of the producing operation in `StepGraph.operations`, and the bytes of that tensor. */
  readonly inputs: readonly { readonly operation: number; readonly output: number; readonly bytes: number }[];
  /** Indices of operations that must end first (the order on a device). */
  readonly control: readonly number[];
  readonly outputs: readonly StepOutput[];
  /** Multiply-adds counted twice; 0 where not a convolution or matrix product. */
  readonly flops: number;
  /** What it was made with beside its inputs, such as strides and padding. */
  readonly attributes?: Readonly<Record<string, StepAttribute>>;
}

/** Operations in program order, which is a topological order. */
export interface StepGraph {
  readonly devices: number;
  readonly operations: readonly StepOperation[];
  /** Bytes of the variables on each device. */
  readonly variableBytes: readonly number[];
}

/** Memory of a step on one device, all in bytes. Peaks of different things need not come at one time. */
export interface DeviceMemory {
  /** Weights, momentum and running statistics; there throughout. */
  readonly variables: number;
  /** Of the variables, the weights that the step updates. */
  readonly weights: number;
  /** Of the variables, the momentum of these weights. */
  readonly momentum: number;
  /** Most bytes of tensors alive at one time: activations, their gradients, received copies, gradients of weights. */
  readonly tensors: number;
  /** The same without gradients of weights: what grows with the batch. */
  readonly activations: number;
  /** Most bytes of gradients of weights at one time. */
  readonly weightGradients: number;
  /** `variables` and `tensors`. */
  readonly peak: number;
}

/** Times of a graph's operations measured over several steps; row = step, column = operation; microseconds from the step's start. */
export interface StepProfile {
  readonly graph: StepGraph;
  readonly start: readonly Float64Array[];
  readonly duration: readonly Float64Array[];
  /** Wall time of each profiled step, microseconds. */
  readonly span: readonly number[];
  /** Of each step: time of a GPU's kernels that belong to no operation of the graph, microseconds. */
  readonly unmatched?: readonly number[];
  /** Of each profiled step, what each device's allocator gave out; absent where the engine does not tell. */
  readonly memory?: readonly (readonly DeviceMemory[])[];
  /** What measured it: `cpu` figures are never used for GPUs or the other way round. */
  readonly hardware: { readonly kind: 'cpu' | 'gpu'; readonly model: string };
}

/** Several profiles of one function as one, their steps one after the other. */
export function joinProfiles(profiles: readonly StepProfile[]): StepProfile {
  const [first] = profiles;
  if (first === undefined) throw new Error('Internal error: no profile to join');
  return {
    graph: first.graph,
    start: profiles.flatMap(({ start }) => start),
    duration: profiles.flatMap(({ duration }) => duration),
    span: profiles.flatMap(({ span }) => span),
    unmatched: profiles.flatMap(({ unmatched = [] }) => unmatched),
    memory: profiles.flatMap(({ memory = [] }) => memory),
    hardware: first.hardware,
  };
}
