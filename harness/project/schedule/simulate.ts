/**
 * Projects the time of one step: each device runs one operation at a time, tensors cross links with latency, bandwidth
 * and contention. All times are microseconds. A simulation is a pure function: the same input gives the same bits.
 */
import type { Topology } from './links.js';
import { orderOf, type DeviceOrder, type OrderName } from './device-order.js';
import { EventQueue } from './event-queue.js';
import type { PreparedGraph } from './prepared-graph.js';
import { TransferTimes } from './transfer-times.js';

export interface SimulationOptions {
  readonly topology: Topology;
  /** `program` where absent. */
  readonly order?: OrderName;
  /** Added to the step once: feeding, starting the session. */
  readonly fixedPerStep?: number;
  /**
   * For each operation, how many times longer it takes while another device is busy too: cores share memory bandwidth
   * and cache, cards do not. None where absent.
   */
  readonly stretch?: Float64Array;
  /**
   * Copies as TensorFlow makes them between GPUs (`DeviceToDeviceCopy` of gpu_util.cc): one waits for its producer and for
   * all that the receiver's stream held when it was asked for. Only with the order `ready`, which is a stream's.
   */
  readonly queuedCopies?: boolean;
}

export interface Simulation {
  /** From the start of the step to the end of its last operation, fixed cost included. */
  readonly stepTime: number;
  /** Of each operation, from the start of the first. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Of each transfer: when it gets the link, when the link is free again, when the tensor can be used. */
  readonly transferStart: Float64Array;
  readonly transferEnd: Float64Array;
  readonly transferArrival: Float64Array;
  /** Time each device ran operations; the rest of `stepTime` it was idle. */
  readonly busy: Float64Array;
}

/**
 * Schedules the prepared graph. `durations` has one entry an operation.
 * @throws RangeError (a bug) where the arrays do not fit the graph, or the topology has too few devices.
 */
export function simulate(graph: PreparedGraph, durations: Float64Array, options: SimulationOptions): Simulation {
  if (
    durations.length !== graph.operations ||
    (options.stretch !== undefined && options.stretch.length !== graph.operations) ||
    options.topology.devices < graph.devices ||
    (options.queuedCopies === true && options.order !== 'ready')
  )
    throw new RangeError('Internal error: durations, topology or order do not fit the graph');
  return new Scheduler(graph, durations, options).run();
}

class Scheduler {
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #transfers: TransferTimes;
  readonly #busy: Float64Array;
  /** Inputs and transfers each operation still waits for. */
  readonly #pending: Int32Array;
  readonly #arrivals = new EventQueue();
  readonly #running: Int32Array;
  readonly #finish: Float64Array;
  readonly #order: DeviceOrder;
  readonly #streams: ReceivingStreams | undefined;
  #now = 0;
  #busyDevices = 0;
  /** Whether more than one device is busy. */
  #crowded = false;

  constructor(
    readonly graph: PreparedGraph,
    readonly durations: Float64Array,
    readonly options: SimulationOptions,
  ) {
    const { devices, operations, localFirst, arrivingFirst } = graph;
    this.#start = new Float64Array(operations);
    this.#end = new Float64Array(operations);
    this.#busy = new Float64Array(devices);
    this.#transfers = new TransferTimes(graph, options.topology);
    this.#running = new Int32Array(devices).fill(-1);
    this.#finish = new Float64Array(devices).fill(Infinity);
    this.#pending = new Int32Array(operations);
    for (let operation = 0; operation < operations; operation++)
      this.#pending[operation] = countIn(localFirst, operation) + countIn(arrivingFirst, operation);
    this.#order = orderOf(options.order ?? 'program', graph, durations, options.topology);
    if (options.queuedCopies === true) this.#streams = new ReceivingStreams(devices);
    for (let operation = 0; operation < operations; operation++)
      if (this.#pending[operation] === 0) this.#ready(operation);
  }

  run(): Simulation {
    const { devices, operations } = this.graph;
    let finished = 0;
    this.#startIdle();
    while (finished < operations) {
      let next = this.#arrivals.time;
      for (let device = 0; device < devices; device++) next = Math.min(next, this.#finish[device] ?? Infinity);
      if (next === Infinity) throw new Error('Internal error: the schedule is stuck');
      this.#now = next;
      while (this.#arrivals.time <= next)
        this.#release(this.graph.readersFirst, this.graph.readers, this.#arrivals.pop());
      for (let device = 0; device < devices; device++) {
        if ((this.#finish[device] ?? Infinity) > next) continue;
        this.#complete(device);
        finished += 1;
      }
      this.#startIdle();
    }
    let last = 0;
    for (const time of this.#end) last = Math.max(last, time);
    const { start, end, arrival } = this.#transfers;
    return {
      stepTime: last + (this.options.fixedPerStep ?? 0),
      start: this.#start,
      end: this.#end,
      transferStart: start,
      transferEnd: end,
      transferArrival: arrival,
      busy: this.#busy,
    };
  }

  #startIdle(): void {
    for (let device = 0; device < this.graph.devices; device++) {
      if (this.#running[device] !== -1) continue;
      const operation = this.#order.next(device);
      if (operation === -1) continue;
      this.#running[device] = operation;
      this.#start[operation] = this.#now;
      this.#finish[device] =
        this.#now + (this.durations[operation] ?? 0) * (this.#crowded ? this.#stretchOf(operation) : 1);
      this.#busyDevices += 1;
    }
    this.#applyStretch();
  }

  #complete(device: number): void {
    const operation = this.#running[device] ?? -1;
    this.#end[operation] = this.#now;
    this.#busy[device] = (this.#busy[device] ?? 0) + this.#now - (this.#start[operation] ?? 0);
    this.#running[device] = -1;
    this.#finish[device] = Infinity;
    this.#busyDevices -= 1;
    const { leavingFirst, leaving, localReadersFirst, localReaders } = this.graph;
    for (const transfer of this.#streams?.completed(device) ?? []) this.#send(transfer);
    for (let at = leavingFirst[operation] ?? 0; at < (leavingFirst[operation + 1] ?? 0); at++) {
      const transfer = leaving[at] ?? 0;
      if (this.#streams?.holds(transfer, this.graph.target[transfer] ?? 0) !== true) this.#send(transfer);
    }
    this.#release(localReadersFirst, localReaders, operation);
  }

  #send(transfer: number): void {
    this.#arrivals.push(this.#transfers.send(transfer, this.#now), transfer);
  }

  #ready(operation: number): void {
    this.#streams?.queued(this.graph.device[operation] ?? 0);
    this.#order.ready(operation);
  }

  #release(first: Int32Array, items: Int32Array, list: number): void {
    for (let at = first[list] ?? 0; at < (first[list + 1] ?? 0); at++) {
      const operation = items[at] ?? 0;
      const left = (this.#pending[operation] ?? 0) - 1;
      this.#pending[operation] = left;
      if (left === 0) this.#ready(operation);
    }
  }

  #stretchOf(operation: number): number {
    return this.options.stretch?.[operation] ?? 1;
  }

  /** What is left of the running operations takes longer when a second device gets busy, less long when one is left. */
  #applyStretch(): void {
    const crowded = this.#busyDevices > 1;
    if (crowded === this.#crowded || this.options.stretch === undefined) return;
    for (let device = 0; device < this.graph.devices; device++) {
      const operation = this.#running[device] ?? -1;
      if (operation === -1) continue;
      const left = (this.#finish[device] ?? 0) - this.#now;
      const stretch = this.#stretchOf(operation);
      this.#finish[device] = this.#now + (crowded ? left * stretch : left / stretch);
    }
    this.#crowded = crowded;
  }
}

/** What GPUs' streams hold, and the copies that wait for it. */
class ReceivingStreams {
  readonly #queued: number[];
  readonly #completed: number[];
  /** For each device, ascending: a copy goes when so many of its operations are done. */
  readonly #waiting: { readonly transfer: number; readonly until: number }[][];

  constructor(devices: number) {
    this.#queued = Array.from({ length: devices }, () => 0);
    this.#completed = Array.from({ length: devices }, () => 0);
    this.#waiting = Array.from({ length: devices }, () => []);
  }

  /** An operation is put into a device's stream. */
  queued(device: number): void {
    this.#queued[device] = (this.#queued[device] ?? 0) + 1;
  }

  /** One more is done; the copies that may go. */
  completed(device: number): number[] {
    const done = (this.#completed[device] ?? 0) + 1;
    this.#completed[device] = done;
    const waiting = this.#waiting[device] ?? [];
    const free = waiting.findIndex(({ until }) => until > done);
    return waiting.splice(0, free === -1 ? waiting.length : free).map(({ transfer }) => transfer);
  }

  /** Whether a copy that is asked for now has to wait for what its receiver's stream holds. */
  holds(transfer: number, receiver: number): boolean {
    const until = this.#queued[receiver] ?? 0;
    if (until <= (this.#completed[receiver] ?? 0)) return false;
    this.#waiting[receiver]?.push({ transfer, until });
    return true;
  }
}

const countIn = (first: Int32Array, list: number): number => (first[list + 1] ?? 0) - (first[list] ?? 0);
