/** What TensorFlow reports of one traced run, as times of a step graph's operations. */
import { Problem } from '../../core/problem.js';
import type { NodeExecution } from '../native/tensorflow-protos.js';
import type { StepGraph } from '../step-graph.js';

/** Of one traced run, in microseconds from the first operation; NaN where TensorFlow reported none. */
export interface StepTimes {
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly span: number;
  /** Of kernels that belong to no operation of the graph; 0 on CPUs, whose entries are the operations themselves. */
  readonly unmatched: number;
}

/**
 * Times of a run on CPU devices, or of the kernels of a run on GPUs.
 * @throws Problem PROFILE_WITHOUT_KERNELS where a GPU's profile has none
 */
export const timesOf = (
  graph: StepGraph,
  executions: readonly NodeExecution[],
  hardware: 'cpu' | 'gpu' = 'cpu',
): StepTimes => (hardware === 'gpu' ? timesOfKernels(graph, executions) : timesOfOperations(graph, executions));

function timesOfOperations(graph: StepGraph, executions: readonly NodeExecution[]): StepTimes {
  const times = new Times(graph);
  for (const { node, startMicroseconds, endMicroseconds } of executions)
    times.add(nodeName(node), startMicroseconds, endMicroseconds - startMicroseconds);
  return { ...times.result(), unmatched: 0 };
}

/** TensorFlow's profiler cuts off what is less than a microsecond (`SetNodeTimes` of xplane_to_step_stats.cc): half of one is missing on average. */
const cutOff = 0.5;

/**
 * On a GPU the host's entry of an operation tells when its kernels were launched, and nothing of how long they ran: only the
 * entries of the card's streams count. What launches no kernel (Const, Reshape, ReadVariableOp) has no time there. Transposes that
 * TensorFlow's layout pass adds are charged to the operation that they were added for.
 */
function timesOfKernels(graph: StepGraph, executions: readonly NodeExecution[]): StepTimes {
  const kernels = executions.filter(({ device }) => device.endsWith('/stream:all'));
  if (kernels.length === 0)
    throw new Problem(
      'PROFILE_WITHOUT_KERNELS',
      'TensorFlow’s profile of a step on a GPU tells of no kernel, only of when they were launched: CUPTI did not collect them',
      'CUPTI may be missing, or reserved for administrators (NVIDIA’s ERR_NVGPUCTRPERM page); TF_CPP_MIN_LOG_LEVEL=0 shows what TensorFlow says of it.',
    );
  const times = new Times(graph);
  for (const { node, startMicroseconds, endMicroseconds } of kernels)
    times.add(chargedTo(nodeName(node)), startMicroseconds, Math.max(0, endMicroseconds - startMicroseconds) + cutOff);
  return times.result();
}

/** A stream's entries may be named `node:Type`. */
const nodeName = (name: string): string => name.split(':', 1)[0] ?? name;

/** `Conv2D_4-0-0-TransposeNCHWToNHWC-LayoutOptimizer`, after the operation `Conv2D_4`, its port, and the edge. */
const chargedTo = (node: string): string => /^(.*?)(?:-\d+){1,2}-[A-Za-z]+-LayoutOptimizer$/.exec(node)?.[1] ?? node;

/** Adds up what operations took. */
class Times {
  readonly #position: ReadonlyMap<string, number>;
  readonly #start: Float64Array;
  readonly #duration: Float64Array;
  #first = Infinity;
  #last = -Infinity;
  #unmatched = 0;

  constructor({ operations }: StepGraph) {
    this.#position = new Map(operations.map(({ name }, index) => [name, index]));
    this.#start = new Float64Array(operations.length).fill(NaN);
    this.#duration = new Float64Array(operations.length).fill(NaN);
  }

  add(operation: string, start: number, duration: number): void {
    const index = this.#position.get(operation);
    if (index === undefined) {
      this.#unmatched += duration;
      return;
    }
    const [before, sum] = [this.#start[index] ?? NaN, this.#duration[index] ?? NaN];
    this.#start[index] = Number.isNaN(before) ? start : Math.min(before, start);
    this.#duration[index] = Number.isNaN(sum) ? duration : sum + duration;
    this.#first = Math.min(this.#first, start);
    this.#last = Math.max(this.#last, start + duration);
  }

  result(): StepTimes {
    return {
      start: this.#start.map((value) => value - this.#first),
      duration: this.#duration,
      span: this.#last - this.#first,
      unmatched: this.#unmatched,
    };
  }
}
