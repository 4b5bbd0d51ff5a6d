/** A profiled step in Chrome's trace event format, which Perfetto and chrome://tracing open. */
import type { StepProfile } from '../step-graph.js';
import { kindOf } from './operation-kind.js';
import { typicalStep } from './typical-step.js';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** One lane a device; times in microseconds from the step's start. */
export function chromeTrace(profile: StepProfile, title: string): { traceEvents: TraceEvent[]; displayTimeUnit: 'ms' } {
  const { start, duration } = typicalStep(profile);
  const events: TraceEvent[] = [{ name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: title } }];
  for (let device = 0; device < profile.graph.devices; device += 1)
    events.push({ name: 'thread_name', ph: 'M', pid: 1, tid: device, args: { name: `device ${device}` } });
  profile.graph.operations.forEach((operation, index) => {
    const ts = start[index];
    const dur = duration[index];
    if (ts === undefined || dur === undefined || Number.isNaN(ts)) return;
    events.push({
      name: operation.type,
      ph: 'X',
      pid: 1,
      tid: operation.device,
      ts,
      dur,
      cat: `${operation.pass},${kindOf(operation)}`,
      args: { operation: operation.name, shape: operation.outputs[0]?.shape ?? [], flops: operation.flops },
    });
  });
  return { traceEvents: events, displayTimeUnit: 'ms' };
}
