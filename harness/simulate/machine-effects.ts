/** What operation times of one device do not tell, estimated from profiles of several: crowding, and the cost of a crossing. */
import type { StepProfile } from '../engine/step-graph.js';
import { priceGraph, requireSameHardware, type CostTable } from './costs.js';
import { quantile, usesOneDevice } from './measured-costs.js';
import { kindOf, type OperationKind } from './operation-kind.js';
import { prepareGraph } from './prepared-graph.js';

export interface MachineEffects {
  /** How many times longer an operation takes while another device is busy, by kind; at least 1. */
  readonly stretch: Partial<Record<OperationKind, number>>;
  /** Of a tensor that crosses, microseconds. */
  readonly latency: number;
  /** Of a link, bytes a microsecond. Infinite between CPU devices: tensors are passed on there, not copied. */
  readonly bandwidth: number;
}

/** Where no layout on several devices was profiled: what a thread takes to wake up, and PCIe 3.0 x16. */
const unmeasured = { latency: 30, bandwidth: { cpu: Infinity, gpu: 12_000 } } as const;

/** Tensors smaller than the first tell latency, those larger than the second bandwidth. */
const [smallBytes, largeBytes] = [64 * 1024, 1024 * 1024] as const;

/** An operation counts as crowded, or as alone, when this share of its time was. */
const clearly = 0.9;

/**
 * `costs` are times of one device alone; `profiles` are of layouts on several devices of the same machine.
 * @throws Problem COSTS_MIXED
 */
export function machineEffects(costs: CostTable, profiles: readonly StepProfile[]): MachineEffects {
  const crowded = new Map<OperationKind, { measured: number; expected: number }>();
  const found: Crossing[] = [];
  for (const profile of profiles) {
    requireSameHardware(costs.hardware, profile.hardware);
    if (usesOneDevice(profile.graph)) continue;
    const { durations } = priceGraph(costs, profile.graph);
    for (const [step, start] of profile.start.entries()) {
      const duration = profile.duration[step];
      if (duration === undefined) continue;
      addCrowded(profile, start, duration, durations, crowded);
      found.push(...crossings(profile, start, duration));
    }
  }
  return {
    stretch: Object.fromEntries(
      [...crowded].map(([kind, { measured, expected }]) => [kind, Math.max(1, measured / expected)]),
    ),
    ...linkOf(costs.hardware.kind, found),
  };
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
function crossings({ graph }: StepProfile, start: Float64Array, duration: Float64Array): Crossing[] {
  const prepared = prepareGraph(graph);
  const endOf = (index: number): number => (start[index] ?? NaN) + (duration[index] ?? NaN);
  const lastOnDevice = new Map<number, number>();
  const found: Crossing[] = [];
  for (const [index, operation] of graph.operations.entries()) {
    const begin = start[index] ?? NaN;
    if (!(begin >= 0)) continue;
    let [produced, bytes] = [-Infinity, 0];
    for (let at = prepared.arrivingFirst[index] ?? 0; at < (prepared.arrivingFirst[index + 1] ?? 0); at++) {
      const transfer = prepared.arriving[at] ?? 0;
      const end = endOf(prepared.producer[transfer] ?? 0);
      if (end > produced) [produced, bytes] = [end, prepared.bytes[transfer] ?? 0];
    }
    const before = lastOnDevice.get(operation.device) ?? 0;
    if (produced > before && begin >= produced) found.push({ bytes, time: begin - produced });
    lastOnDevice.set(operation.device, Math.max(before, endOf(index)));
  }
  return found;
}
