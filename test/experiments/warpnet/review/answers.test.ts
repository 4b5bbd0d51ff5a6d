/** The answers to the review, from numbers that are made up here: what they say has to follow from them. */
import { describe, expect, it } from 'vitest';
import { largerK } from '../../../../experiments/warpnet/review/larger-k.js';
import { pipeline } from '../../../../experiments/warpnet/review/pipeline.js';
import { plain } from '../../../../experiments/warpnet/review/plain.js';
import { reuse } from '../../../../experiments/warpnet/review/reuse.js';
import type { Axes, Network } from '../../../../harness/plan/paper/network.js';
import type { EvaluatedEntry } from '../../../../harness/report/evaluate/entries.js';
import type { Evidence } from '../../../../harness/report/evaluate/evidence.js';
import { missing, quantity, type Quantity } from '../../../../harness/report/evaluate/quantity.js';
import { commonMetrics } from '../../../../harness/report/metrics/index.js';
import type { TableModel } from '../../../../harness/report/model.js';
import { warpnet } from '../../../support/papers.js';

interface Made {
  readonly network: string;
  readonly axes: Axes;
  readonly layout: string;
  readonly batch?: number;
  readonly protocol?: string;
  /** Value and arm. */
  readonly rs?: readonly [number, number];
  readonly error?: readonly [number, number];
  readonly projected?: boolean;
}

const metricNamed = (id: string) => {
  const metric = commonMetrics.find((candidate) => candidate.id === id);
  if (metric === undefined) throw new Error(`No metric ${id}`);
  return metric;
};
const networkOf = (system: string, axes: Axes): Network => {
  const found = warpnet.systems.find(({ name }) => name === system);
  if (found === undefined) throw new Error(`No system ${system}`);
  return found.network(axes, 10);
};

function place({
  network,
  axes,
  layout,
  batch = 8,
  protocol = 'paper',
  rs,
  error,
  projected = false,
}: Made): EvaluatedEntry {
  const printed = networkOf(network, axes);
  const numberOf = (id: string, made: readonly [number, number] | undefined): Quantity => {
    const metric = metricNamed(id);
    if (made === undefined) return missing(metric, 'not-run-yet');
    const [value, arm] = made;
    const interval = { low: value - arm, high: value + arm };
    return quantity({ metric, provenance: projected && id === 'rs' ? 'projected' : 'measured', value, interval });
  };
  const entry = {
    label: printed.label,
    protocol,
    printed,
    axes,
    layout: printed.layout(layout, null),
    error: { skipped: false, network: printed, jobs: [], shrunk: [] },
    timing: { skipped: false, batch },
    projection: null,
  };
  const numbers: Record<string, Quantity> = { rs: numberOf('rs', rs), error: numberOf('error', error) };
  return {
    entry,
    quantity: (id: string) => numbers[id] ?? missing(metricNamed('rs'), 'left-out'),
  } as unknown as EvaluatedEntry;
}

const none = {} as Evidence;
const deep = { K: 2, Nwarp: 6, kw: 4 };

describe('pipelining', () => {
  const wrn = (layout: string, rs: readonly [number, number], batch = 8) =>
    place({ network: 'WRN', axes: deep, layout, rs, batch });
  const places = [
    wrn('2 x [F1, F2]', [44, 1]),
    wrn('pipeline M=4 S=2', [35.2, 0.9]),
    wrn('pipeline M=8 S=2', [30, 1]),
    place({ network: 'WarpNet1', axes: deep, layout: "[F1] [F2, F2'x1]", rs: [21, 2] }),
    wrn('2 x [F1, F2]', [44, 3], 128),
    wrn('pipeline M=4 S=2', [43, 3], 128),
  ];

  it('says what each way saves on two devices, with its interval and the ideal', () =>
    expect(pipeline.answer(places, none)).toBe(
      'On two devices at batch 8, a pipeline of 4 micro-batches saves 35.2 ± 0.9 % of a step of WRN-73-4 (the ideal of two stages is 37.5 %), data parallelism saves 44.0 ± 1.0 % and WarpNet1 saves 21.0 ± 2.0 %.',
    ));
  it('and which is fastest at each batch, or cannot be told from it', () =>
    expect(pipeline.remarks?.(places, none)).toEqual([
      'Saves most, or is not told apart from what does: on 2 devices at batch 8: data parallelism; on 2 devices at batch 128: data parallelism and a pipeline of 4 micro-batches.',
    ]));
  it('has no answer before anything ran', () => expect(pipeline.answer([], none)).toBeNull());
});

describe('larger K', () => {
  const warp = (K: number, layout: string, rs: readonly [number, number], error?: readonly [number, number]) =>
    place({
      network: 'WarpNet1',
      axes: { K, Nwarp: 12 / K, kw: 4 },
      layout,
      rs,
      projected: layout !== '2 devices',
      ...(error === undefined ? {} : { error }),
    });
  const places = [
    place({ network: 'WRN', axes: { K: 1, Nwarp: 12, kw: 4 }, layout: '[F1]', rs: [0, 0], error: [30, 1] }),
    warp(2, '2 devices', [22, 2], [31, 1]),
    warp(2, '3 devices', [33, 3], [31, 1]),
    warp(12, '2 devices', [5, 2]),
    warp(12, '12 devices', [60, 4]),
  ];

  it('says what each K saves with its best layout, and what the error does', () =>
    expect(largerK.answer(places, none)).toBe(
      'With the layout that saves most, WarpNet1 saves 33 ± 3 % (projected) at K = 2 on 3 devices and 60 ± 4 % (projected) at K = 12 on 12 devices, while its error at K = 2 is +1.0 points (−0.4 to 2.4) from the WRN’s: K = 12 saves most.',
    ));
  it('draws error against RS where both are there', () => {
    const figure = largerK.figure?.({ places } as unknown as TableModel);
    expect(figure?.svg).toContain('K = 2, 3 devices');
    expect(figure?.caption).toMatch(/n = 2 points\. 1 without one of the numbers/);
  });
});

describe('re-use of gradients', () => {
  const warp = (protocol: string, rs: readonly [number, number], error: readonly [number, number]) =>
    place({ network: 'WarpNet1', axes: deep, layout: "[F1] [F2, F2'x1]", protocol, rs, error });

  it('says what it adds to the speed-up and to the error, and whether that is told from 0', () =>
    expect(reuse.answer([warp('no re-use', [2, 1], [30, 1]), warp('re-use', [7, 1], [30.5, 1])], none)).toBe(
      'Re-use adds to RS +5.0 points (3.6 to 6.4) for WarpNet1-73-4 (K = 2) on 2 devices, and to the error +0.5 points (−0.9 to 1.9; not told from 0) for WarpNet1-73-4 (K = 2).',
    ));
});

describe('networks without skips', () => {
  const trained = (network: string, error: readonly [number, number]) =>
    place({ network, axes: { K: 2, Nwarp: 1, kw: 1 }, layout: '1 devices', error });
  const places = [
    trained('WRN', [25, 1]),
    trained('WarpNet2', [25.2, 1]),
    trained('plain', [28, 1]),
    trained('plain-warp', [40, 1]),
  ];

  it('compares the expansion with its chain, as it does with skips', () =>
    expect(plain.answer(places, none)).toBe(
      'After this training, with 13 layers the expansion without skips has an error of 40.0 ± 1.0 %, +12.0 points (10.6 to 13.4) from the plain network’s, where WarpNet2 is +0.2 points (−1.2 to 1.6), not told apart from its WRN’s.',
    ));
  it('and says what the skips do themselves', () =>
    expect(plain.remarks?.(places, none)).toEqual([
      'What leaving out the skips costs itself, the plain network’s error less the WRN’s: with 13 layers +3.0 points (1.6 to 4.4).',
    ]));
});
