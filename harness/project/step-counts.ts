/** Counts of four small steps of a network, and what follows from them for every depth and batch. */
import type { StepSize } from '../plan/step-size.js';

export type Counts = Readonly<Record<Exclude<keyof StepSize, 'distinctOperations'>, number>>;

/** The batches at which a network is counted, as jobs have them. */
export const countedBatches = [4, 32] as const;

/** Of a network at the two batches. */
export type AtBatches = readonly [fewer: Counts, more: Counts];

export interface StepCounts {
  /** Of a network with one repetition of its layers in each stage. */
  readonly one: AtBatches;
  /** Of the network with two. */
  readonly two: AtBatches;
  /** Of the network with two, which has every operation of deeper ones. */
  readonly distinctOperations: string;
}

/** Layers that repeat one another are alike, and counts grow in a straight line with the batch, the peak all but for where in the step it is. */
export function sizeAt({ one, two, distinctOperations }: StepCounts, repetitions: number, batch: number): StepSize {
  const [fewer, more] = countedBatches;
  const atBatch = ([few, many]: AtBatches): Counts => line(few, many, (batch - fewer) / (more - fewer));
  return { ...line(atBatch(one), atBatch(two), repetitions - 1), distinctOperations };
}

/** On the straight line through two counts: the first at 0, the second at 1. */
function line(first: Counts, second: Counts, at: number): Counts {
  const on = (name: keyof Counts): number => first[name] + at * (second[name] - first[name]);
  return {
    parameters: on('parameters'),
    peakBytes: on('peakBytes'),
    flops: on('flops'),
    bytesMoved: on('bytesMoved'),
    operations: on('operations'),
  };
}
