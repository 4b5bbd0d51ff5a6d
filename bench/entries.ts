/** Measurements as ratios, project over peer, and what is made of them: geometric means against goals. */
import { median } from 'simple-statistics';
import { relativeSpeedUp, type Interval } from '../harness/core/statistics.js';
import type { Measurement, Outcome } from './compare.js';

/** An element of `bench.json`. Ratios are project over peer: below 1 the project is faster, or smaller. */
export interface Entry {
  readonly benchmark: string;
  readonly peer: string;
  readonly network: string;
  /** Images a step; 0 where there is none. */
  readonly batch: number;
  /** Null where time is not compared. */
  readonly ratioTime: number | null;
  /** Of peak resident memory; null where not measured. */
  readonly ratioMemory: number | null;
}

/** An entry with what it was computed from. */
export interface DetailedEntry extends Entry {
  /** 95 % interval of `ratioTime`. */
  readonly interval: Interval | null;
  /** Median milliseconds of a step. */
  readonly milliseconds: { readonly project: number; readonly peer: number };
  readonly peakMemoryBytes: { readonly project: number; readonly peer: number };
  readonly agreement: Agreement;
}

/** Whether two programs compute the same thing. */
export interface Agreement {
  readonly sameParameters: boolean;
  /** Relative difference of the first loss, which the forward pass alone decides; null where a loss is not a finite number. */
  readonly firstLoss: number | null;
  /** Largest relative difference of the next losses, which gradients and update decide. */
  readonly laterLosses: number | null;
}

/** A peer that could not be measured on a network. */
export interface NotMeasured {
  readonly benchmark: string;
  readonly peer: string;
  readonly network: string;
  readonly reason: string;
}

export interface Results {
  readonly entries: readonly DetailedEntry[];
  readonly notMeasured: readonly NotMeasured[];
}

export const stepBenchmark = 'training-step';
/** The step on a GPU with and without `--deterministic`. */
export const deterministicBenchmark = 'deterministic-gpu';

/**
 * Float32 sums in another order differ by 1e-7 of a loss. A wrong term or gradient differs by 1e-2 at once, which is what a step changes
 * the loss by. WarpNet2 was seen to differ by 1e-3 in the first loss and by 2e-3 in the third, because rounding moves values across the
 * step of its mask (3e-5 between some pairs of programs).
 */
export const largestDifference = { firstLoss: 1e-4, firstLossOfWarpNet2: 2e-3, laterLosses: 5e-3 } as const;

/** The project's program is the first. */
export function entriesOf(benchmark: string, network: string, batch: number, outcomes: readonly Outcome[]): Results {
  const [project, ...peers] = outcomes;
  const entries: DetailedEntry[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const peer of peers) {
    const place = { benchmark, peer: peer.name, network };
    if (project === undefined || 'unavailable' in project)
      notMeasured.push({
        ...place,
        reason: `the project's own step failed: ${project?.unavailable ?? 'it is missing'}`,
      });
    else if ('unavailable' in peer) notMeasured.push({ ...place, reason: peer.unavailable });
    else entries.push({ ...place, batch, ...ratios(project, peer) });
  }
  return { entries, notMeasured };
}

function ratios(project: Measurement, peer: Measurement) {
  const { percent, interval } = relativeSpeedUp(peer, project);
  const ratioOf = (saved: number): number => 1 - saved / 100;
  return {
    ratioTime: ratioOf(percent),
    ratioMemory: project.peakMemoryBytes / peer.peakMemoryBytes,
    interval: interval && { low: ratioOf(interval.high), high: ratioOf(interval.low) },
    milliseconds: { project: median([...project.milliseconds]), peer: median([...peer.milliseconds]) },
    peakMemoryBytes: { project: project.peakMemoryBytes, peer: peer.peakMemoryBytes },
    agreement: {
      sameParameters: project.parameters === peer.parameters,
      firstLoss: largestGap(project.losses.slice(0, 1), peer.losses),
      laterLosses: largestGap(project.losses.slice(1), peer.losses.slice(1)),
    },
  };
}

function largestGap(project: Measurement['losses'], peer: Measurement['losses']): number | null {
  const gaps = project.map((loss, step) => {
    const other = peer[step] ?? null;
    return loss === null || other === null ? null : Math.abs(loss - other) / Math.abs(loss);
  });
  return gaps.reduce((largest, one) => (largest === null || one === null ? null : Math.max(largest, one)), 0);
}

export function agrees({ network, agreement }: Pick<DetailedEntry, 'network' | 'agreement'>): boolean {
  const { sameParameters, firstLoss, laterLosses } = agreement;
  const { firstLoss: usual, firstLossOfWarpNet2, laterLosses: later } = largestDifference;
  const first = network.startsWith('WarpNet2') ? firstLossOfWarpNet2 : usual;
  return sameParameters && (firstLoss ?? Infinity) <= first && (laterLosses ?? Infinity) <= later;
}

/** Of positive numbers; undefined for none. */
export function geometricMean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
