/**
 * Traces functions without TensorFlow: the traced engine's kernels record into a graph whose shapes follow from rules.
 * What comes out is the step graph that the traced engine would export, op for op; it can be looked at, not run.
 */
// Registers tfjs's gradients: tfjs-core alone has none when loaded by Node.
import '../sum-gradient.js';
import type { Compiler, EngineVariable, FunctionBody, TensorSpecification } from '../engine.js';
import type { StepGraph } from '../step-graph.js';
import '../tracing/kernels/index.js';
import { tracedOperations } from '../tracing/operations.js';
import { traceFunction } from '../tracing/trace.js';
import { VariableHandles } from '../tracing/variable-handles.js';
import { DryGraph } from './dry-graph.js';

export interface DryTracerOptions {
  /** Number of logical devices. */
  readonly devices: number;
  /** Whether each device runs its ops in program order, one at a time, as devices of one core do. */
  readonly ordered?: boolean;
  /** Whether convolutions round their operands to bfloat16. */
  readonly bfloat16?: boolean;
}

export class DryTracer implements Compiler<StepGraph> {
  readonly operations = tracedOperations;
  readonly #graph: DryGraph;
  readonly #handles: VariableHandles;
  readonly #ordered: boolean;

  constructor({ devices, ordered = true, bfloat16 = false }: DryTracerOptions) {
    this.#graph = new DryGraph(devices, bfloat16);
    this.#handles = new VariableHandles(this.#graph);
    this.#ordered = ordered;
  }

  /** Declares a variable on a logical device; it has no value. */
  variable(name: string, shape: readonly number[], device: number): EngineVariable {
    return this.#handles.create(name, shape, device);
  }

  /** The step of a function, in program order. */
  compile(name: string, signature: readonly TensorSpecification[], body: FunctionBody): StepGraph {
    const tracing = { graph: this.#graph, handles: this.#handles, ordered: this.#ordered };
    return traceFunction(tracing, name, signature, body).step;
  }
}
