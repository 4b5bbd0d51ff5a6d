/** A profiled step in Chrome's trace event format, which Perfetto and chrome://tracing open. */
import type { RanOperation } from './typical-step.js';

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

/** One lane a device; times in microseconds from the step's start. `cat` is `pass,kind`. */
export function chromeTrace(
  ran: readonly RanOperation[],
  devices: number,
  title: string,
): { traceEvents: TraceEvent[]; displayTimeUnit: 'ms' } {
  const lanes = Array.from({ length: devices }, (_, device): TraceEvent => {
    return { name: 'thread_name', ph: 'M', pid: 1, tid: device, args: { name: `device ${device}` } };
  });
  const events = ran.map(({ operation, start, duration, kind }): TraceEvent => ({
    name: operation.type,
    ph: 'X',
    pid: 1,
    tid: operation.device,
    ts: start,
    dur: duration,
    cat: `${operation.pass},${kind}`,
    args: { operation: operation.name, shape: operation.outputs[0]?.shape ?? [], flops: operation.flops },
  }));
  const process: TraceEvent = { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: title } };
  return { traceEvents: [process, ...lanes, ...events], displayTimeUnit: 'ms' };
}
