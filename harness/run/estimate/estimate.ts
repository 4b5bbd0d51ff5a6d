/**
 * How long jobs take, before they have run: what their kind of work says by the model of a step's time, scaled by what jobs of
 * the same kind really took here.
 */
import { kindOf, type Job } from '../../kinds/index.js';
import { stepSeconds, type DeviceKind } from '../../kinds/step-time.js';
import { canonicalJson } from '../../plan/canonical-json.js';
import type { Network } from '../../plan/paper/network.js';
import type { ProtocolOptions } from '../../plan/paper/protocol-options.js';
import type { SizeOf } from '../../plan/step-size.js';

export type SecondsOf = (job: Job) => number;

/** Seconds that a job takes, by the model alone. */
export const modelledSeconds = (job: Job, device: DeviceKind, sizeOf: SizeOf): number =>
  kindOf(job).seconds(job, device, sizeOf);

/** What a finished job took, beside what the model says. */
export interface Experience {
  readonly job: Job;
  readonly seconds: number;
}

/** A training step that was timed on one device. */
export interface MeasuredStep {
  readonly network: Network;
  readonly options: ProtocolOptions;
  readonly batch: number;
  readonly seconds: number;
}

/** Equal for networks that the model scales well between: they differ in how often layers are repeated, and in classes. */
export const scaleKey = (network: Network): string =>
  canonicalJson({ ...network.shortened(1).specification, classes: 0 });

/**
 * The model, scaled for each kind of work by the median of what finished jobs took over what it says of them. Before one that
 * repeats a step is done, `steps` scale those of networks with the same layers, and their median the others.
 */
export function calibrate(
  experience: readonly Experience[],
  device: DeviceKind,
  sizeOf: SizeOf,
  steps: readonly MeasuredStep[] = [],
): SecondsOf {
  const ratios = new Map<string, number[]>();
  for (const { job, seconds } of experience)
    if (seconds > 0)
      ratios.set(job.kind, [...(ratios.get(job.kind) ?? []), seconds / modelledSeconds(job, device, sizeOf)]);
  const scales = new Map([...ratios].map(([kind, values]) => [kind, middle(values)]));
  const timed = steps.map(({ network, options, batch, seconds }) => ({
    key: scaleKey(network),
    ratio: seconds / stepSeconds(sizeOf(network, options, batch), device, 'direct'),
  }));
  const usual = middle(timed.map(({ ratio }) => ratio));
  const scaleOf = (job: Job): number => {
    const repeated = kindOf(job).repeats(job);
    const key = repeated && scaleKey(repeated.network);
    const byStep = repeated && (timed.find((step) => step.key === key)?.ratio ?? usual);
    return scales.get(job.kind) ?? byStep ?? 1;
  };
  // A progress display asks for all of them several times a second.
  const known = new Map<string, number>();
  return (job) => {
    const seconds = known.get(job.id) ?? scaleOf(job) * modelledSeconds(job, device, sizeOf);
    known.set(job.id, seconds);
    return seconds;
  };
}

const middle = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds until all are done: jobs that run alone one after the other, the rest side by side. */
export function makespan(jobs: readonly Job[], secondsOf: SecondsOf, sideBySide: number): number {
  let alone = 0;
  const lanes = new Array<number>(Math.max(1, sideBySide)).fill(0);
  for (const job of jobs) {
    if (kindOf(job).alone) alone += secondsOf(job);
    else {
      const lane = lanes.indexOf(Math.min(...lanes));
      lanes[lane] = (lanes[lane] ?? 0) + secondsOf(job);
    }
  }
  return alone + Math.max(...lanes);
}
