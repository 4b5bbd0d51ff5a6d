/** Memory of each device over a step as it ran. */
import { kindOf } from '../operation-kind.js';
import type { StepGraph } from '../step-graph.js';
import type { RanOperation } from './typical-step.js';

/** Operations whose output is their input under another name or shape. */
const isAlias = (type: string): boolean => kindOf(type) === 'free' && type !== 'Const' && type !== 'Placeholder';

/**
 * Most bytes alive at one time on each device, by liveness: a tensor from the start of its producer to the end of its last reader, and
 * the variables throughout. A tensor that crosses counts where it was made.
 */
export function peakBytes({ operations, variableBytes, devices }: StepGraph, ran: readonly RanOperation[]): number[] {
  const times = new Map(ran.map(({ operation, start, duration }) => [operation, { start, end: start + duration }]));
  /** What holds the memory of an operation's output. */
  const holder = operations.map((_, index) => index);
  const lastEnd = new Map<number, number>();
  for (const [index, operation] of operations.entries()) {
    const end = times.get(operation)?.end ?? 0;
    for (const { operation: source } of operation.inputs) {
      const owner = holder[source] ?? source;
      lastEnd.set(owner, Math.max(lastEnd.get(owner) ?? 0, end));
    }
    const [first] = operation.inputs;
    if (isAlias(operation.type) && first !== undefined) holder[index] = holder[first.operation] ?? first.operation;
  }
  const changes = Array.from({ length: devices }, (): { time: number; bytes: number }[] => []);
  for (const [index, operation] of operations.entries()) {
    // What is fed is there from the beginning; the others that have no time did not run.
    const time = times.get(operation) ?? (operation.type === 'Placeholder' ? { start: 0, end: 0 } : undefined);
    if (time === undefined || isAlias(operation.type)) continue;
    const bytes = operation.outputs.reduce((sum, output) => sum + output.bytes, 0);
    const end = Math.max(time.end, lastEnd.get(index) ?? 0);
    changes[operation.device]?.push({ time: time.start, bytes }, { time: end, bytes: -bytes });
  }
  return changes.map((list, device) => {
    list.sort((a, b) => a.time - b.time || a.bytes - b.bytes);
    let [alive, peak] = [0, 0];
    for (const { bytes } of list) {
      alive += bytes;
      peak = Math.max(peak, alive);
    }
    return (variableBytes[device] ?? 0) + peak;
  });
}
