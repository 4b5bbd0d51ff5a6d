/** What runs a training step. Three implementations: traced graph (libtensorflow), eager tfjs-node-gpu, tfjs's JavaScript CPU backend. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Operations } from './operations.js';
import type { StepProfile } from './step-graph.js';

export type EngineName = 'traced' | 'eager' | 'cpu';

export type TypedArray = Float32Array | Int32Array | Uint8Array;

export interface TensorSpecification {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

/** A weight, momentum buffer or running average that lives on a device between steps. */
export interface EngineVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly device: number;
}

/** What a function body may do with variables while it is traced (or, eagerly, run). */
export interface VariableAccess {
  /** The variable's value as a tensor on the tape; the same tensor at every call within one body. */
  read(variable: EngineVariable): Tensor;
  /** Assigns when the body is done; reads within the body still see the old value. */
  assign(variable: EngineVariable, value: Tensor): void;
  /**
   * m <- momentum * m + gradient; w <- w - learningRate * m (Nesterov: w - learningRate * (gradient + momentum * m)).
   * One fused kernel where the engine has one, on the weight's device.
   */
  applyMomentum(
    weight: EngineVariable,
    accumulator: EngineVariable,
    gradient: Tensor,
    learningRate: Tensor,
    momentum: number,
    nesterov: boolean,
  ): void;
}

/** A compiled function: run it as often as you like. */
export interface EngineFunction {
  /** Feeds typed arrays in signature order; resolves to the outputs in the body's order. The event loop stays free where the engine can. */
  run(...inputs: TypedArray[]): Promise<TypedArray[]>;
  /** Shapes of the outputs. */
  readonly outputs: readonly TensorSpecification[];
  /** Runs `steps` steps with every op timed, where the engine can. The steps are real: variables change. */
  profile?(steps: number, inputs: TypedArray[]): Promise<StepProfile>;
}

/** Ordinary tfjs code, gradients included. */
export type FunctionBody = (inputs: Tensor[], variables: VariableAccess) => Tensor[];

/** Turns a body into what can be run, or looked at. */
export interface Compiler<Compiled> {
  readonly operations: Operations;
  /** Traces `body` once for these input shapes. */
  compile(name: string, signature: readonly TensorSpecification[], body: FunctionBody): Compiled;
}

export interface Engine extends Compiler<EngineFunction> {
  readonly name: EngineName;
  /** Number of logical devices. */
  readonly devices: number;
  /** Declares a variable on a logical device; `value` is copied. */
  variable(name: string, shape: readonly number[], value: Float32Array, device: number): EngineVariable;
  /** Current values, in the order asked. */
  readVariables(variables: readonly EngineVariable[]): Promise<Float32Array[]>;
  writeVariables(variables: readonly EngineVariable[], values: readonly Float32Array[]): Promise<void>;
  /** Frees the session and its memory. */
  close(): void;
}
