/** What operation times of one device do not tell, estimated from profiles of several: crowding, and the cost of a crossing. */
import type { StepProfile } from '../engine/step-graph.js';
import { priceGraph, requireSameHardware, type CostTable } from './costs.js';
import { quantile } from './measured-costs.js';
import { kindOf, type OperationKind } from './operation-kind.js';
import { prepareGraph } from './prepared-graph.js';

export interface MachineEffects {
  /** How many times longer an operation takes while another device is busy, by kind; at least 1. */
  readonly stretch: Partial<Record<OperationKind, number>>;
  /** Of a tensor that crosses, microseconds. Between CPU devices tensors are passed on, not copied: no bandwidth. */
  readonly latency: number;
}

/** An operation counts as crowded, or as alone, when this share of its time was. */
const clearly = 0.9;

/**
 * `costs` are times of one device alone; `profiles` are of layouts on several devices of the same machine.
 * @throws Problem COSTS_MIXED
 */
export function machineEffects(costs: CostTable, profiles: readonly StepProfile[]): MachineEffects {
  const crowded = new Map<OperationKind, { measured: number; expected: number }>();
  const latencies: number[] = [];
  for (const profile of profiles) {
    requireSameHardware(costs.hardware, profile.hardware);
    if (profile.graph.devices < 2) continue;
    const { durations } = priceGraph(costs, profile.graph);
    for (const [step, start] of profile.start.entries()) {
      const duration = profile.duration[step];
      if (duration === undefined) continue;
      addCrowded(profile, start, duration, durations, crowded);
      latencies.push(...crossings(profile, start, duration));
    }
  }
  return {
    stretch: Object.fromEntries(
      [...crowded].map(([kind, { measured, expected }]) => [kind, Math.max(1, measured / expected)]),
    ),
    latency: Math.max(0, quantile(Float64Array.from(latencies), 0.5)),
  };
}

function addCrowded(
  { graph }: StepProfile,
  start: Float64Array,
  duration: Float64Array,
  expected: Float64Array,
  sums: Map<OperationKind, { measured: number; expected: number }>,
): void {
  const ran = graph.operations
    .map((operation, index) => ({ device: operation.device, type: operation.type, index, begin: start[index] ?? NaN }))
    .filter(({ begin, index }) => begin >= 0 && (duration[index] ?? NaN) > 0)
    .sort((a, b) => a.begin - b.begin);
  const busyUntil = new Map<number, { begin: number; end: number }[]>();
  for (const { device, index, begin } of ran) {
    const list = busyUntil.get(device) ?? [];
    busyUntil.set(device, list);
    list.push({ begin, end: begin + (duration[index] ?? 0) });
  }
  for (const { device, type, index, begin } of ran) {
    const time = duration[index] ?? 0;
    const price = expected[index] ?? 0;
    if (price <= 0) continue;
    let shared = 0;
    for (const [other, spans] of busyUntil)
      if (other !== device) shared = Math.max(shared, overlapOf(spans, begin, begin + time));
    if (shared < clearly * time) continue;
    const kind = kindOf(type);
    const sum = sums.get(kind) ?? { measured: 0, expected: 0 };
    sums.set(kind, { measured: sum.measured + time, expected: sum.expected + price });
  }
}

/** How much of [begin, end] the spans, ascending and disjoint, cover. */
function overlapOf(spans: readonly { begin: number; end: number }[], begin: number, end: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= begin) low = middle + 1;
    else high = middle;
  }
  let covered = 0;
  for (let at = low; at < spans.length; at++) {
    const span = spans[at];
    if (span === undefined || span.begin >= end) break;
    covered += Math.min(span.end, end) - Math.max(span.begin, begin);
  }
  return covered;
}

/** Times from the end of a producer to the start of a reader elsewhere, where the reader's device waited for nothing else. */
function crossings({ graph }: StepProfile, start: Float64Array, duration: Float64Array): number[] {
  const prepared = prepareGraph(graph);
  const endOf = (index: number): number => (start[index] ?? NaN) + (duration[index] ?? NaN);
  const lastOnDevice = new Map<number, number>();
  const found: number[] = [];
  for (const [index, operation] of graph.operations.entries()) {
    const begin = start[index] ?? NaN;
    if (!(begin >= 0)) continue;
    let produced = -Infinity;
    for (let at = prepared.arrivingFirst[index] ?? 0; at < (prepared.arrivingFirst[index + 1] ?? 0); at++) {
      const end = endOf(prepared.producer[prepared.arriving[at] ?? 0] ?? 0);
      if (end >= 0) produced = Math.max(produced, end);
    }
    const before = lastOnDevice.get(operation.device) ?? 0;
    if (produced > before) found.push(begin - produced);
    lastOnDevice.set(operation.device, Math.max(before, endOf(index)));
  }
  return found;
}
