/** What TensorFlow reports of one traced run, as times of a step graph's operations. */
import type { NodeExecution } from '../native/tensorflow-protos.js';
import type { StepGraph } from '../step-graph.js';

/** Start and duration of each operation in one traced run, microseconds from the first; NaN where TensorFlow reported none. */
export function timesOf(
  graph: StepGraph,
  executions: readonly NodeExecution[],
): { start: Float64Array; duration: Float64Array; span: number } {
  const position = new Map(graph.operations.map((operation, index) => [operation.name, index]));
  const start = new Float64Array(graph.operations.length).fill(NaN);
  const end = new Float64Array(graph.operations.length).fill(NaN);
  let first = Infinity;
  let last = -Infinity;
  for (const execution of preferKernels(executions)) {
    const index = position.get(nodeName(execution.node));
    if (index === undefined) continue;
    start[index] = Math.min(start[index] || Infinity, execution.startMicroseconds);
    end[index] = Math.max(end[index] || -Infinity, execution.endMicroseconds);
    first = Math.min(first, execution.startMicroseconds);
    last = Math.max(last, execution.endMicroseconds);
  }
  return {
    start: start.map((value) => value - first),
    duration: end.map((value, index) => value - (start[index] ?? NaN)),
    span: last - first,
  };
}

/** On a GPU the host's entry tells when a kernel was launched; the stream's entries tell when it ran. */
function preferKernels(executions: readonly NodeExecution[]): readonly NodeExecution[] {
  const kernels = executions.filter((execution) => execution.device.includes('/stream:all'));
  if (kernels.length === 0) return executions.filter((execution) => !execution.device.includes('/stream'));
  const timed = new Set(kernels.map((kernel) => nodeName(kernel.node)));
  const onHost = executions.filter(
    (execution) => !execution.device.includes('/stream') && !timed.has(nodeName(execution.node)),
  );
  return [...kernels, ...onHost];
}

/** A stream's entries are named `node:Type`. */
const nodeName = (name: string): string => name.split(':', 1)[0] ?? name;
