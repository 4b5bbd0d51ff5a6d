/** One trace of a function that uses the world around it: tensors and variables of tfjs, and random numbers. */
import { engine as tfjsEngine, Variable, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import { tracingBackend, type OutsideValues, type Surroundings } from '../tracing/backend.js';
import type { Attributes, GraphOperation, GraphOutput } from '../tracing/graph.js';
import type { RandomDraws } from '../tracing/random-draws.js';
import type { TracedVariableAccess } from '../tracing/trace.js';
import type { CapturedVariable, CapturedVariables } from './captured-variables.js';
import { valuesOf, watchVariables } from './tensor-registry.js';

export class FunctionTrace {
  /** Variables that a call reads or changes. */
  readonly used = new Set<CapturedVariable>();
  /** Variables that a call changes. */
  readonly changed = new Set<CapturedVariable>();
  readonly #updatedByOperation = new Set<CapturedVariable>();
  #access: TracedVariableAccess | undefined;

  constructor(
    private readonly variables: CapturedVariables,
    private readonly draws: RandomDraws,
  ) {}

  /** What the recording may use of the world outside. */
  readonly surroundings: Surroundings = {
    capture: (tensor) => this.#capture(tensor),
    draw: (values, shape, dtype) => this.draws.operationFor(tracingBackend.graph, values, shape, dtype),
  };

  /** Records `build`, then the assignments that it has made. */
  run<T>(access: TracedVariableAccess, build: () => T): T {
    this.#access = access;
    const stopWatching = watchVariables(
      (variable) => {
        if (!tracingBackend.made(variable.dataId)) this.#read(variable);
      },
      (initialValue, ordinary) => this.#made(initialValue, ordinary()),
    );
    const stopDraws = this.draws.watch();
    try {
      const result = build();
      this.#recordAssignments(access);
      return result;
    } finally {
      stopDraws();
      stopWatching();
      // Whether it went well or not, a variable's value is the engine's again, not a symbol of this trace.
      for (const captured of this.used)
        if (captured.variable.dataId !== captured.dataId && !captured.variable.isDisposed)
          this.variables.keep(captured);
    }
  }

  /** Changes variables by one fused operation of TensorFlow's, instead of by `assign`. */
  update(
    type: string,
    variables: readonly [Variable, ...Variable[]],
    inputs: readonly Tensor[],
    attributes?: Attributes,
  ): void {
    const [first, ...others] = variables;
    const captured = [this.#use(first), ...others.map((variable) => this.#use(variable))] as const;
    const [weight, ...slots] = captured.map(({ own }) => own);
    if (weight === undefined) throw new Error('Internal error: an update without a variable');
    this.#current().applyFused(type, [weight, ...slots], inputs, attributes);
    for (const each of captured) {
      this.changed.add(each);
      this.#updatedByOperation.add(each);
    }
  }

  #recordAssignments(access: TracedVariableAccess): void {
    for (const captured of this.used) {
      const { variable, own } = captured;
      if (variable.dataId === captured.dataId || variable.isDisposed) continue;
      if (this.#updatedByOperation.has(captured))
        throw new Error(`Internal error: "${variable.name}" is updated and assigned in one trace`);
      access.assign(own, variable);
      this.changed.add(captured);
    }
  }

  #capture(tensor: TensorInfo): GraphOutput | OutsideValues | undefined {
    if (tensor instanceof Variable) return this.#read(tensor as Variable);
    return valuesOf(tensor);
  }

  /** The value of a variable at the beginning of a call. */
  #read(variable: Variable): GraphOutput {
    const captured = this.#use(variable);
    const output = tracingBackend.output(this.#current().read(captured.own));
    tracingBackend.stand(captured.dataId, output);
    return output;
  }

  #use(variable: Variable): CapturedVariable {
    const captured = this.variables.take(variable, tracingBackend.graph.device);
    if (variable.dataId !== captured.dataId && !tracingBackend.made(variable.dataId))
      this.variables.bringIn([captured]);
    this.used.add(captured);
    return captured;
  }

  /** A variable that the function makes: it lives on, and begins with its value at this, the first, call. */
  #made(initialValue: Tensor, variable: Variable): Variable {
    const device = tracingBackend.graph.device;
    const captured = this.variables.take(variable, device, initialOf(initialValue, variable));
    this.used.add(captured);
    const output = tracingBackend.output(this.#current().read(captured.own));
    tracingBackend.stand(captured.dataId, output);
    return variable;
  }

  #current(): TracedVariableAccess {
    if (this.#access === undefined) throw new Error('Internal error: a trace that has not begun');
    return this.#access;
  }
}

/** @throws Problem VARIABLE_MADE_IN_TRACE where the value is computed from what a call is given */
function initialOf(value: Tensor, variable: Variable): Float32Array {
  const known = tracingBackend.constantOf(value);
  if (known !== undefined) return Float32Array.from(known as Float32Array);
  const { operation } = tracingBackend.output(value);
  switch (operation.type) {
    case 'ZerosLike':
      return new Float32Array(value.size);
    case 'OnesLike':
      return new Float32Array(value.size).fill(1);
    case 'Const':
      return Float32Array.from(constantIn(operation));
    case 'Fill':
      return new Float32Array(value.size).fill(constantIn(operation.inputs[1]?.operation)[0] ?? 0);
  }
  tfjsEngine().disposeVariable(variable);
  throw new Problem(
    'VARIABLE_MADE_IN_TRACE',
    `the variable "${variable.name}" is made inside a traced function, from a value that only a call computes`,
    'Make the variable outside of the function, and assign to it inside.',
  );
}

function constantIn(operation: GraphOperation | undefined): ArrayLike<number> {
  const value = operation?.attributes['value'];
  if (value === undefined || !('tensor' in value)) throw new Error('Internal error: a constant without its value');
  return value.tensor.values;
}
