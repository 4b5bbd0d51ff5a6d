/**
 * Variables of tfjs that an engine's functions use. From its first use on a variable's value lives on a device; the `tf.Variable`
 * stays what it was to everybody else: reading it fetches the value, assigning to it outside is noticed before the next call, and an
 * op of another backend that uses it takes a copy along.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import type { EngineVariable } from '../engine.js';
import type { TracedEngine } from '../traced/engine.js';
import type { DataId } from '../tracing/backend.js';
import { isResident, pointToResident, typedValues } from './tensor-registry.js';

/** A variable with what it is on the engine. */
export interface CapturedVariable {
  readonly variable: Variable;
  readonly own: EngineVariable;
  /** Its data where the value is the engine's; another one tells that somebody has assigned. */
  dataId: DataId;
}

export class CapturedVariables {
  readonly #captured = new Map<Variable, CapturedVariable>();

  constructor(private readonly engine: TracedEngine) {}

  get(variable: Variable): CapturedVariable | undefined {
    return this.#captured.get(variable);
  }

  /** Those that are alive. */
  all(): CapturedVariable[] {
    for (const variable of this.#captured.keys()) if (variable.isDisposed) this.#captured.delete(variable);
    return [...this.#captured.values()];
  }

  /**
   * Takes a variable in on a device, with its value or the one given.
   * @throws Problem VARIABLE_TYPE for one that is not float32
   */
  take(variable: Variable, device: number, value?: Float32Array): CapturedVariable {
    const known = this.#captured.get(variable);
    if (known !== undefined) return known;
    const { name, shape } = variable;
    if (variable.dtype !== 'float32')
      throw new Problem(
        'VARIABLE_TYPE',
        `the variable "${name}" is ${variable.dtype}; an engine keeps float32 variables`,
        'Make it float32, and cast what is read where another type is needed.',
      );
    const initial = value ?? floatValues(variable);
    const own = this.engine.variable(name, shape, initial, device);
    const captured: CapturedVariable = { variable, own, dataId: {} };
    this.keep(captured);
    this.#captured.set(variable, captured);
    return captured;
  }

  /** The engine's value is the variable's: whatever else it held is given up. */
  keep(captured: CapturedVariable): void {
    captured.dataId = pointToResident(captured.variable, () => this.#valuesOf([captured])[0] ?? new Float32Array(0));
  }

  /** Before a call: what was assigned outside goes to the device. @throws Problem VARIABLE_DISPOSED */
  bringIn(used: readonly CapturedVariable[]): void {
    for (const captured of used) {
      const { variable, own } = captured;
      if (variable.isDisposed)
        throw new Problem(
          'VARIABLE_DISPOSED',
          `the variable "${variable.name}", which the function uses, is disposed`,
          'Dispose a variable after the last call of every function that uses it.',
        );
      if (variable.dataId === captured.dataId) continue;
      this.engine.setVariable(own, floatValues(variable).slice());
      this.keep(captured);
    }
  }

  /** After a call that changed them: copies that others took along are old. */
  renew(changed: readonly CapturedVariable[]): void {
    for (const captured of changed) if (!isResident(captured.dataId)) this.keep(captured);
  }

  /** Gives every variable its value back, for the engine is about to end. */
  giveBack(toTensor: (values: Float32Array, shape: number[]) => Tensor): void {
    const here = this.all().filter(({ variable, dataId }) => variable.dataId === dataId && isResident(dataId));
    for (const [index, values] of this.#valuesOf(here).entries()) {
      const { variable } = here[index] ?? {};
      if (variable === undefined) throw new Error('Internal error: more values than variables');
      const value = toTensor(values, variable.shape);
      variable.assign(value);
      value.dispose();
    }
    this.#captured.clear();
  }

  /** In one run, for a run that fetches something new costs more than the values. */
  #valuesOf(captured: readonly CapturedVariable[]): Float32Array[] {
    return captured.length === 0 ? [] : this.engine.readVariablesSync(captured.map(({ own }) => own));
  }
}

const floatValues = (variable: Variable): Float32Array => typedValues(variable) as Float32Array;
