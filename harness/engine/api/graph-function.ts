/** A function that is traced for each signature that it is called with, and run as a graph. */
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { Problem } from '../../core/problem.js';
import type { TensorSpecification, TypedArray } from '../engine.js';
import type { StepGraph } from '../step-graph.js';
import type { TracedEngine } from '../traced/engine.js';
import type { TracedFunction } from '../traced/function.js';
import type { RandomDraws } from '../tracing/random-draws.js';
import type { CapturedVariable, CapturedVariables } from './captured-variables.js';
import { FunctionTrace } from './function-trace.js';
import { Profile } from './profile.js';
import { typedValues } from './tensor-registry.js';
import { flatten, type Flattened } from './structure.js';
import { asTraceProblem } from './trace-problem.js';
import type { Turns } from './turns.js';

/** What all functions of an engine share. */
export interface Workshop {
  readonly engine: TracedEngine;
  readonly variables: CapturedVariables;
  readonly draws: RandomDraws;
  readonly turns: Turns;
  /** Names of the devices. */
  readonly devices: readonly string[];
  /** The trace that is under way. */
  trace: FunctionTrace | undefined;
}

/** One signature's graph. */
interface Compiled {
  readonly run: TracedFunction;
  readonly result: Flattened;
  readonly used: readonly CapturedVariable[];
  readonly changed: readonly CapturedVariable[];
}

interface Call {
  readonly compiled: Compiled;
  readonly feeds: TypedArray[];
}

export class FunctionCore {
  readonly #compiled = new Map<string, Compiled>();

  constructor(
    private readonly workshop: Workshop,
    readonly name: string,
    private readonly body: (...values: unknown[]) => unknown,
  ) {}

  /** How often the function was traced: once a signature. */
  get traceCount(): number {
    return this.#compiled.size;
  }

  /** Types and shapes of the arguments of every trace. */
  get signatures(): string[] {
    return [...this.#compiled.keys()];
  }

  async call(values: readonly unknown[]): Promise<unknown> {
    const call = this.#prepare(values);
    return this.workshop.turns.take(async () => {
      this.workshop.variables.bringIn(call.compiled.used);
      const outputs = await call.compiled.run.run(...call.feeds);
      return this.#finish(call.compiled, outputs);
    });
  }

  /** @throws Problem ENGINE_BUSY while a call that is not awaited runs */
  callSync(values: readonly unknown[]): unknown {
    if (this.workshop.turns.busy)
      throw new Problem(
        'ENGINE_BUSY',
        `"${this.name}" is called while another call runs`,
        'Await the other call first.',
      );
    const { compiled, feeds } = this.#prepare(values);
    this.workshop.variables.bringIn(compiled.used);
    return this.#finish(compiled, compiled.run.runSync(...feeds));
  }

  async profile(steps: number, values: readonly unknown[]): Promise<Profile> {
    const { compiled, feeds } = this.#prepare(values);
    return this.workshop.turns.take(async () => {
      this.workshop.variables.bringIn(compiled.used);
      const profile = await compiled.run.profile(steps, feeds);
      this.workshop.variables.renew(compiled.changed);
      return new Profile(profile, this.name, this.workshop.devices);
    });
  }

  /** The step graph for these arguments; traces where it has to. */
  graph(values: readonly unknown[]): StepGraph {
    return this.#prepare(values).compiled.run.graph;
  }

  #prepare(values: readonly unknown[]): Call {
    const given = this.#flattened(values);
    const feeds = given.tensors.map((each) => typedValues(each));
    let compiled = this.#compiled.get(given.key);
    if (compiled === undefined) {
      compiled = this.#trace(given);
      this.#compiled.set(given.key, compiled);
    }
    return { compiled, feeds };
  }

  #flattened(values: readonly unknown[]): Flattened {
    try {
      return flatten(values);
    } catch (error) {
      throw new Problem(
        'ARGUMENT_UNKNOWN',
        `"${this.name}" was given an argument that is ${error instanceof Error ? error.message : String(error)}`,
        'Pass tensors (tf.tensor makes one of an array), or values that stay the same.',
      );
    }
  }

  #trace(given: Flattened): Compiled {
    const { workshop } = this;
    if (workshop.trace !== undefined)
      throw new Problem(
        'TRACE_IN_TRACE',
        `"${this.name}" is called while another function is traced`,
        'Call the JavaScript function itself there: it becomes part of the graph.',
      );
    const trace = new FunctionTrace(workshop.variables, workshop.draws);
    const signature = given.tensors.map((each): TensorSpecification => ({
      shape: each.shape,
      dtype: typeOf(each, this.name),
    }));
    let result: Flattened | undefined;
    workshop.trace = trace;
    try {
      const run = workshop.engine.compile(
        this.name,
        signature,
        (inputs, access) =>
          trace.run(access, () => {
            const value = this.body(...(given.rebuild(inputs) as unknown[]));
            if (value instanceof Promise)
              throw new Problem(
                'FUNCTION_ASYNC',
                `"${this.name}" is asynchronous; a function that is traced has to end at once`,
                'Await what it needs before the call, and pass it in.',
              );
            result = flatten(value);
            return result.tensors;
          }),
        trace.surroundings,
      );
      if (result === undefined) throw new Error('Internal error: a trace without a result');
      return { run, result, used: [...trace.used], changed: [...trace.changed] };
    } catch (error) {
      throw asTraceProblem(error, this.name);
    } finally {
      workshop.trace = undefined;
    }
  }

  #finish({ run, result, changed }: Compiled, outputs: readonly TypedArray[]): unknown {
    this.workshop.variables.renew(changed);
    return result.rebuild(
      outputs.map((values, index) => {
        const { shape, dtype } = run.outputs[index] ?? { shape: [], dtype: 'float32' };
        return tensor(values, result.tensors[index]?.shape ?? [...shape], dtype);
      }),
    );
  }
}

function typeOf({ dtype }: Tensor, name: string): TensorSpecification['dtype'] {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Problem(
    'ARGUMENT_TYPE',
    `"${name}" was given a ${dtype} tensor; a traced function takes float32, int32 and bool`,
    'Convert it first; complex numbers can be made inside the function.',
  );
}
