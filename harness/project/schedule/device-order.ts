/** In which order a device runs its operations. */
import { longestRemaining } from './bounds.js';
import { EventQueue } from './event-queue.js';
import type { Topology } from './links.js';
import type { PreparedGraph } from './prepared-graph.js';

/** Which operation a device runs next. */
export interface DeviceOrder {
  ready(operation: number): void;
  /** The operation to start on an idle device; -1: none may start yet. */
  next(device: number): number;
}

/**
 * `program`: each device runs its operations in program order, as the engine's control edges have it.
 * `ready`: first ready, first run, as a GPU's stream gets them from TensorFlow's executor.
 * `critical-path`: of what is ready, the operation with the longest remaining path first.
 */
export type OrderName = 'program' | 'ready' | 'critical-path';

export function orderOf(
  name: OrderName,
  graph: PreparedGraph,
  durations: Float64Array,
  topology: Topology,
): DeviceOrder {
  switch (name) {
    case 'program':
      return new ProgramOrder(graph);
    case 'ready':
      return new ReadyOrder(graph);
    case 'critical-path':
      return new PriorityOrder(graph, longestRemaining(graph, durations, topology));
  }
}

class ReadyOrder implements DeviceOrder {
  readonly #queues: EventQueue[];
  #turn = 0;

  constructor(readonly graph: PreparedGraph) {
    this.#queues = Array.from({ length: graph.devices }, () => new EventQueue());
  }
  ready(operation: number): void {
    this.#queues[this.graph.device[operation] ?? 0]?.push(this.#turn++, operation);
  }
  next(device: number): number {
    const queue = this.#queues[device];
    return queue === undefined || queue.size === 0 ? -1 : queue.pop();
  }
}

class ProgramOrder implements DeviceOrder {
  readonly #ready: Uint8Array;
  readonly #queues: number[][];
  readonly #position: number[];

  constructor(graph: PreparedGraph) {
    this.#ready = new Uint8Array(graph.operations);
    this.#queues = Array.from({ length: graph.devices }, () => []);
    this.#position = this.#queues.map(() => 0);
    for (let operation = 0; operation < graph.operations; operation++)
      this.#queues[graph.device[operation] ?? 0]?.push(operation);
  }
  ready(operation: number): void {
    this.#ready[operation] = 1;
  }
  next(device: number): number {
    const position = this.#position[device] ?? 0;
    const operation = this.#queues[device]?.[position];
    if (operation === undefined || this.#ready[operation] !== 1) return -1;
    this.#position[device] = position + 1;
    return operation;
  }
}

class PriorityOrder implements DeviceOrder {
  readonly #queues: EventQueue[];

  constructor(
    readonly graph: PreparedGraph,
    readonly remaining: Float64Array,
  ) {
    this.#queues = Array.from({ length: graph.devices }, () => new EventQueue());
  }
  ready(operation: number): void {
    this.#queues[this.graph.device[operation] ?? 0]?.push(-(this.remaining[operation] ?? 0), operation);
  }
  next(device: number): number {
    const queue = this.#queues[device];
    return queue === undefined || queue.size === 0 ? -1 : queue.pop();
  }
}
