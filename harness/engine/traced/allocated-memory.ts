/** What TensorFlow's allocator gave out and took back in one traced run, as memory of a step graph's devices. */
import { deviceMemory, peaksOf, tensorKey, weightGradients, type MemoryChange } from '../device-memory.js';
import type { Allocation, NodeExecution } from '../native/tensorflow-protos.js';
import type { DeviceMemory, StepGraph } from '../step-graph.js';

/**
 * Peak memory of each device by the allocator's own records: what is requested, with its rounding, and kernels' scratch; an
 * output that takes the place of an input is no allocation. What is fed is not in it, nor what a variable keeps.
 * @param kind GPUs also have buffers on the host, which are left out
 */
export function allocatedMemory(
  graph: StepGraph,
  executions: readonly NodeExecution[],
  kind: 'cpu' | 'gpu',
): DeviceMemory[] {
  const position = new Map(graph.operations.map(({ name }, index) => [name, index]));
  const gradients = weightGradients(graph);
  const deviceNamed = devicesByName(graph, executions, position);
  const changes: MemoryChange[][] = Array.from({ length: graph.devices }, () => []);
  for (const execution of executions) {
    const device = deviceNamed.get(execution.device);
    if (device === undefined) continue;
    const index = position.get(execution.node);
    const of = index !== undefined && gradients.has(tensorKey(index, 0)) ? 'weight gradient' : 'activation';
    const onDevice = execution.allocations.filter(({ allocator }) => kind === 'cpu' || allocator.startsWith('GPU'));
    for (const { bytes, from, to } of stretchesOf(onDevice)) {
      const own = to <= execution.endMicroseconds ? 'scratch' : of;
      changes[device]?.push({ time: from, bytes, of: own }, { time: to, bytes: -bytes, of: own });
    }
  }
  return deviceMemory(graph, changes.map(peaksOf));
}

/** Logical devices by TensorFlow's names, from the operations that are known: what receives a tensor is TensorFlow's own. */
function devicesByName(
  { operations }: StepGraph,
  executions: readonly NodeExecution[],
  position: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const devices = new Map<string, number>();
  for (const { device, node } of executions) {
    const operation = operations[position.get(node) ?? -1];
    if (operation !== undefined) devices.set(device, operation.device);
  }
  return devices;
}

/** From when to when each allocation of an operation was out. */
function* stretchesOf(allocations: readonly Allocation[]) {
  const taken = allocations.filter(({ bytes }) => bytes > 0);
  for (const { bytes, microseconds: to } of allocations) {
    if (bytes >= 0) continue;
    const at = taken.findIndex((candidate) => candidate.bytes === -bytes);
    const [own] = at < 0 ? [] : taken.splice(at, 1);
    // What is never given back took the place of a variable's memory, or is fetched.
    if (own !== undefined) yield { bytes: own.bytes, from: own.microseconds, to };
  }
}
