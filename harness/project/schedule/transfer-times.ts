/** When tensors that cross between devices are sent and can be used. */
import type { Topology } from './links.js';
import type { PreparedGraph } from './prepared-graph.js';

/** Sends tensors over links, first come, first served on each channel. */
export class TransferTimes {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly arrival: Float64Array;
  readonly #free: number[] = [];

  constructor(
    readonly graph: PreparedGraph,
    readonly topology: Topology,
  ) {
    this.start = new Float64Array(graph.transfers);
    this.end = new Float64Array(graph.transfers);
    this.arrival = new Float64Array(graph.transfers);
  }

  /** Returns when the tensor can be used. Calls must come in the order of `now`. */
  send(transfer: number, now: number): number {
    const { device, producer, target, bytes } = this.graph;
    const link = this.topology.link(device[producer[transfer] ?? 0] ?? 0, target[transfer] ?? 0);
    const start = Math.max(now, this.#free[link.channel] ?? 0);
    const end = start + (bytes[transfer] ?? 0) / link.bandwidth;
    this.#free[link.channel] = end;
    this.start[transfer] = start;
    this.end[transfer] = end;
    this.arrival[transfer] = end + link.latency;
    return end + link.latency;
  }
}
