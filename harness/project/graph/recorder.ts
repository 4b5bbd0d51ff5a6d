/**
 * Writes down a training step as a `StepGraph` without computing or tracing anything: forward operations in program
 * order, then the backward pass in the order in which tfjs walks its tape. Milliseconds instead of a trace.
 */
import type { Pass, StepGraph, StepOperation } from '../../engine/step-graph.js';

export type Shape = readonly number[];

/** An output of a recorded operation; everything is float32. */
export interface Symbolic {
  readonly operation: number;
  readonly output: number;
  readonly shape: Shape;
  readonly bytes: number;
  /** Whether a gradient has to flow back to it. */
  readonly differentiable: boolean;
}

/** One thunk an input, called in order; an input without one gets no gradient. */
type Gradient = (dy: Symbolic) => readonly (undefined | (() => Symbolic))[];

interface TapeNode {
  readonly device: number;
  readonly inputs: readonly Symbolic[];
  readonly output: Symbolic;
  readonly gradient: Gradient;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);
/** float32, but for the one comparison, whose result is bool. */
const bytesOf = (shape: Shape, type: string): number => (type === 'Greater' ? 1 : 4) * sizeOf(shape);
const keyOf = (tensor: Symbolic): number => tensor.operation * 8 + tensor.output;

export class StepRecorder {
  readonly #operations: StepOperation[] = [];
  readonly #tape: TapeNode[] = [];
  readonly #variableBytes: number[];
  /** Last ordered operation of each device: what the next one there waits for. */
  readonly #last: number[];
  device = 0;
  pass: Pass = 'forward';

  constructor(readonly devices: number) {
    this.#variableBytes = new Array<number>(devices).fill(0);
    this.#last = new Array<number>(devices).fill(-1);
  }

  onDevice<T>(device: number, build: () => T): T {
    const outer = this.device;
    this.device = device;
    try {
      return build();
    } finally {
      this.device = outer;
    }
  }

  /** Adds an operation on the current device; returns its outputs, off the tape. */
  emit(type: string, inputs: readonly Symbolic[], shapes: readonly Shape[], flops = 0): Symbolic[] {
    const operation = this.#operations.length;
    const previous = this.#last[this.device] ?? -1;
    this.#last[this.device] = operation;
    this.#operations.push({
      name: `${this.pass}/${type}_${operation}`,
      type,
      device: this.device,
      pass: this.pass,
      inputs: inputs.map((input) => ({ operation: input.operation, output: input.output, bytes: input.bytes })),
      control: previous < 0 ? [] : [previous],
      outputs: shapes.map((shape) => ({ shape, bytes: bytesOf(shape, type) })),
      flops,
    });
    return shapes.map((shape, output) => ({
      operation,
      output,
      shape,
      bytes: bytesOf(shape, type),
      differentiable: false,
    }));
  }

  /** As `emit`, for operations whose first output alone is used. */
  emitOne(type: string, inputs: readonly Symbolic[], shape: Shape, flops = 0): Symbolic {
    return firstOf(this.emit(type, inputs, [shape], flops));
  }

  /** Puts an output on the tape when one of its inputs is differentiable. */
  taped(inputs: readonly Symbolic[], output: Symbolic, gradient: Gradient): Symbolic {
    if (!inputs.some((input) => input.differentiable)) return output;
    const tracked = { ...output, differentiable: true };
    this.#tape.push({ device: this.device, inputs, output: tracked, gradient });
    return tracked;
  }

  /** Reads a trainable variable of the current device. `copies` counts weight and momentum buffer. */
  variable(shape: Shape, copies = 2): Symbolic {
    this.#variableBytes[this.device] = (this.#variableBytes[this.device] ?? 0) + copies * 4 * sizeOf(shape);
    return { ...this.emitOne('ReadVariableOp', [], shape), differentiable: true };
  }

  /**
   * The backward pass from `loss`: each gradient on the device of its forward operation. Two gradients of one tensor are
   * added where they arose if that is one device, else where the tensor was made, as `engine/traced/placement.ts` does.
   */
  gradients(loss: Symbolic): (tensor: Symbolic) => Symbolic | undefined {
    this.pass = 'backward';
    const sums = new Map<number, { readonly gradient: Symbolic; readonly device: number }>();
    const ones = this.emitOne('Const', [], loss.shape);
    sums.set(keyOf(loss), { gradient: ones, device: this.device });
    for (let index = this.#tape.length - 1; index >= 0; index--) {
      const node = this.#tape[index];
      const dy = node && sums.get(keyOf(node.output))?.gradient;
      if (node === undefined || dy === undefined) continue;
      const { device } = node;
      const thunks = this.onDevice(device, () => node.gradient(dy));
      node.inputs.forEach((input, position) => {
        const thunk = thunks[position];
        if (!input.differentiable || thunk === undefined) return;
        const dx = this.onDevice(device, thunk);
        const sum = sums.get(keyOf(input));
        if (sum === undefined) {
          sums.set(keyOf(input), { gradient: dx, device });
          return;
        }
        const meeting = sum.device === device ? device : this.deviceOf(input);
        const gradient = this.onDevice(meeting, () => this.emitOne('AddV2', [sum.gradient, dx], input.shape));
        sums.set(keyOf(input), { gradient, device: meeting });
      });
    }
    return (tensor) => sums.get(keyOf(tensor))?.gradient;
  }

  /** The device that computed (or holds) a tensor. */
  deviceOf(tensor: Symbolic): number {
    return this.#operations[tensor.operation]?.device ?? 0;
  }

  graph(): StepGraph {
    return { devices: this.devices, operations: this.#operations, variableBytes: this.#variableBytes };
  }
}

export function firstOf(outputs: readonly Symbolic[]): Symbolic {
  const [first] = outputs;
  if (first === undefined) throw new Error('Internal error: an operation without outputs');
  return first;
}
