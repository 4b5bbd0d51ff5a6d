/** What operation times of one device do not tell, estimated from profiles of several: crowding, and the cost of a crossing. */
import type { StepGraph, StepProfile } from '../engine/step-graph.js';
import { priceGraph, requireSameHardware, type CostTable } from './costs/costs.js';
import { quantile } from './costs/quantile.js';
import { usesOneDevice } from './schedule/one-device.js';
import { kindOf, type OperationKind } from '../engine/operation-kind.js';
import { prepareGraph, type PreparedGraph } from './schedule/prepared-graph.js';

export interface MachineEffects {
  /** How many times longer an operation takes while another device is busy, by kind; at least 1. */
  readonly stretch: Partial<Record<OperationKind, number>>;
  /** Of a tensor that crosses, microseconds. */
  readonly latency: number;
  /** Of a link, bytes a microsecond. Infinite between CPU devices: tensors are passed on there, not copied. */
  readonly bandwidth: number;
}

const unmeasured = { latency: 30, bandwidth: { cpu: Infinity, gpu: 12_000 } } as const;

/** Where no layout on several devices was profiled: what a thread takes to wake up, and PCIe 3.0 x16. */
export const unmeasuredEffects = (kind: 'cpu' | 'gpu'): MachineEffects => ({
  stretch: {},
  latency: unmeasured.latency,
  bandwidth: unmeasured.bandwidth[kind],
});

/** Tensors smaller than the first tell latency, those larger than the second bandwidth. */
const [smallBytes, largeBytes] = [64 * 1024, 1024 * 1024] as const;

/** An operation counts as crowded, or as alone, when this share of its time was. */
const clearly = 0.9;

/**
 * `costs` are times of one device alone; `profiles` are of layouts on several devices of the same machine.
 * @throws Problem COSTS_MIXED
 */
export function machineEffects(costs: CostTable, profiles: readonly StepProfile[]): MachineEffects {
  const crowded = new Map<OperationKind, Crowded>();
  const found: Crossing[] = [];
  for (const profile of profiles) {
    requireSameHardware(costs.hardware, profile.hardware);
    if (usesOneDevice(profile.graph)) continue;
    addCrowded(profile, priceGraph(costs, profile.graph).durations, crowded);
    found.push(...crossings(profile));
  }
  return {
    stretch: Object.fromEntries(
      [...crowded].map(([kind, { measured, expected }]) => [kind, Math.max(1, measured / expected)]),
    ),
    ...linkOf(costs.hardware.kind, found),
  };
}

/** Microseconds, sums over operations that ran while another device was busy. */
interface Crowded {
  measured: number;
  expected: number;
}

interface Crossing {
  readonly bytes: number;
  readonly time: number;
}

function linkOf(kind: 'cpu' | 'gpu', crossings: readonly Crossing[]): Pick<MachineEffects, 'latency' | 'bandwidth'> {
  const median = (values: readonly number[], otherwise: number): number =>
    values.length === 0 ? otherwise : quantile(Float64Array.from(values), 0.5);
  const small = kind === 'cpu' ? crossings : crossings.filter(({ bytes }) => bytes < smallBytes);
  const latency = median(
    small.map(({ time }) => time),
    unmeasured.latency,
  );
  if (kind === 'cpu') return { latency, bandwidth: unmeasured.bandwidth.cpu };
  const speeds = crossings
    .filter(({ bytes, time }) => bytes >= largeBytes && time > latency)
    .map(({ bytes, time }) => bytes / (time - latency));
  return { latency, bandwidth: median(speeds, unmeasured.bandwidth.gpu) };
}

/**
 * Adds, by kind, what operations took while another device was busy and what they take alone: of each operation the shortest
 * of its steps. What the machine does besides makes a step slower and never faster, and where a virtual machine's host puts
 * two cores on one, every operation of that step looks crowded.
 */
function addCrowded(
  { graph, start, duration }: StepProfile,
  expected: Float64Array,
  sums: Map<OperationKind, Crowded>,
): void {
  const crowdedTimes = new Map<number, number[]>();
  for (const [step, starts] of start.entries()) {
    const times = duration[step] ?? new Float64Array(0);
    for (const index of crowdedIn(graph, starts, times))
      crowdedTimes.set(index, [...(crowdedTimes.get(index) ?? []), times[index] ?? NaN]);
  }
  for (const [index, times] of crowdedTimes) {
    // In a disturbed step operations overlap that otherwise do not.
    if (times.length <= start.length / 2) continue;
    const price = expected[index] ?? 0;
    const operation = graph.operations[index];
    if (price <= 0 || operation === undefined) continue;
    const kind = kindOf(operation.type);
    const sum = sums.get(kind) ?? { measured: 0, expected: 0 };
    sums.set(kind, { measured: sum.measured + Math.min(...times), expected: sum.expected + price });
  }
}

/** Operations of one step during nearly all of which another device was busy. */
function crowdedIn({ operations }: StepGraph, start: Float64Array, duration: Float64Array): number[] {
  const ran = operations
    .map(({ device }, index) => ({ device, index, begin: start[index] ?? NaN, time: duration[index] ?? NaN }))
    .filter(({ begin, time }) => begin >= 0 && time > 0)
    .sort((a, b) => a.begin - b.begin);
  const busy = new Map<number, { begin: number; end: number }[]>();
  for (const { device, begin, time } of ran) {
    const spans = busy.get(device) ?? [];
    busy.set(device, spans);
    spans.push({ begin, end: begin + time });
  }
  return ran.flatMap(({ device, index, begin, time }) => {
    const overlaps = [...busy].map(([other, spans]) => (other === device ? 0 : overlapOf(spans, begin, begin + time)));
    return Math.max(0, ...overlaps) >= clearly * time ? [index] : [];
  });
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

/**
 * Times from the end of a producer to the start of a reader elsewhere, where the reader's device waited for nothing else: of
 * each reader the shortest of its steps.
 */
function crossings({ graph, start, duration }: StepProfile): Crossing[] {
  const prepared = prepareGraph(graph);
  const shortest = new Map<number, Crossing>();
  for (const [step, starts] of start.entries())
    for (const [reader, crossing] of crossingsOfStep(prepared, starts, duration[step] ?? new Float64Array(0))) {
      const known = shortest.get(reader);
      if (known === undefined || crossing.time < known.time) shortest.set(reader, crossing);
    }
  return [...shortest.values()];
}

/** By the operation that reads. */
function crossingsOfStep(prepared: PreparedGraph, start: Float64Array, duration: Float64Array): Map<number, Crossing> {
  const endOf = (index: number): number => (start[index] ?? NaN) + (duration[index] ?? NaN);
  const lastOnDevice = new Map<number, number>();
  const found = new Map<number, Crossing>();
  for (const [index, operation] of prepared.graph.operations.entries()) {
    const begin = start[index] ?? NaN;
    if (!(begin >= 0)) continue;
    let [produced, bytes] = [-Infinity, 0];
    for (let at = prepared.arrivingFirst[index] ?? 0; at < (prepared.arrivingFirst[index + 1] ?? 0); at++) {
      const transfer = prepared.arriving[at] ?? 0;
      const end = endOf(prepared.producer[transfer] ?? 0);
      if (end > produced) [produced, bytes] = [end, prepared.bytes[transfer] ?? 0];
    }
    const before = lastOnDevice.get(operation.device) ?? 0;
    if (produced > before && begin >= produced) found.set(index, { bytes, time: begin - produced });
    lastOnDevice.set(operation.device, Math.max(before, endOf(index)));
  }
  return found;
}
