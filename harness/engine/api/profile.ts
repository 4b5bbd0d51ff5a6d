/** Where the time and the memory of a step went, from TensorFlow's own clock. */
import { deviceTimelines } from '../../core/drawing/timeline.js';
import type { StepOperation, StepProfile } from '../step-graph.js';
import { chromeTrace } from '../trace/chrome-trace.js';
import { peakBytes } from '../trace/peak-bytes.js';
import { typicalStep, type RanOperation } from '../trace/typical-step.js';

/** A row of the table of operations. */
export interface ProfileRow {
  /** TensorFlow's op type: `Conv2D`, `MatMul` … */
  readonly op: string;
  readonly device: string;
  /** Operations of this type on this device in a step. */
  readonly count: number;
  /** What they took together in the step shown, milliseconds. */
  readonly milliseconds: number;
  /** Of the time of all operations, 0 to 1. */
  readonly share: number;
}

/**
 * Several steps of one function, every operation timed. What is shown is the step whose time is the median.
 *
 * @example
 * ```js
 * const tf = await import('@tensorflow/tfjs');
 * const { openEngine } = await import('warpnet-tables/engine');
 * const engine = await openEngine({ devices: 'cpu:2' });
 * const step = engine.function((x) => tf.matMul(x, x));
 * const profile = await step.profile(3, tf.ones([64, 64]));
 * console.table(profile.table());
 * engine.close();
 * ```
 */
export class Profile {
  readonly #ran: readonly RanOperation[];

  /** @internal */
  constructor(
    private readonly measured: StepProfile,
    private readonly title: string,
    private readonly devices: readonly string[],
  ) {
    this.#ran = typicalStep(measured);
  }

  /** Wall time of each profiled step, milliseconds. */
  get stepMilliseconds(): number[] {
    return this.measured.span.map((microseconds) => microseconds / 1000);
  }

  /** Time by type of operation and device, the longest first. */
  table(): ProfileRow[] {
    const rows = new Map<string, { op: string; device: string; count: number; milliseconds: number }>();
    let total = 0;
    for (const { operation, duration } of this.#ran) {
      const device = this.#deviceOf(operation);
      const key = `${operation.type} ${device}`;
      const row = rows.get(key) ?? { op: operation.type, device, count: 0, milliseconds: 0 };
      row.count += 1;
      row.milliseconds += duration / 1000;
      total += duration / 1000;
      rows.set(key, row);
    }
    return [...rows.values()]
      .map((row) => ({ ...row, share: total === 0 ? 0 : row.milliseconds / total }))
      .sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /**
   * Most bytes alive at one time on each device, variables included: tensors from the start of what makes them to the end of their
   * last reader. Workspaces of kernels are left out.
   */
  peakBytes(): { readonly device: string; readonly bytes: number }[] {
    return peakBytes(this.measured.graph, this.#ran).map((bytes, device) => ({
      device: this.devices[device] ?? String(device),
      bytes,
    }));
  }

  /** The step in Chrome's trace event format, a lane a device, for Perfetto and chrome://tracing. Write it as JSON. */
  chromeTrace(): ReturnType<typeof chromeTrace> {
    return chromeTrace(this.#ran, this.measured.graph.devices, this.title);
  }

  /** The step as an SVG picture, a lane a device. */
  timeline(): string {
    const operations = this.#ran.map(({ operation, start, duration, kind }) => {
      return { device: operation.device, pass: operation.pass, start, duration, kind };
    });
    return deviceTimelines([{ title: this.title, operations }]).svg;
  }

  #deviceOf({ device }: StepOperation): string {
    return this.devices[device] ?? String(device);
  }
}
