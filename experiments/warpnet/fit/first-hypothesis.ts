/**
 * A first hypothesis, worked out by hand before there was a simulator and to be tested, not assumed: 60 % of 9.5 TFLOP/s,
 * 550 GB/s, `moments` batch norm, the released derivative and 36 GB/s links give 23 % for K = 2 on two GPUs and 33 % on
 * three.
 */
import { cardNamed } from '../../../harness/project/costs/cards.js';
import { evenBandwidth } from '../../../harness/project/costs/roofline.js';
import type { FitCell } from './cells.js';
import type { Wiring } from './hypothesis.js';
import { FitModel } from './model.js';
import type { StepCache } from './step-cache.js';

export interface FirstHypothesis {
  readonly byHandPct: { readonly twoGpus: number; readonly threeGpus: number };
  /** What the simulator makes of the same numbers, with links used side by side or one copy at a time a card. */
  readonly simulatedPct: Readonly<
    Record<'all-to-all' | 'one-stream', { readonly twoGpus: number; readonly threeGpus: number }>
  >;
}

export function firstHypothesis(cells: readonly FitCell[], cache: StepCache): FirstHypothesis {
  const rsOf = (id: string, wiring: Wiring): number => {
    const cell = cells.find((candidate) => candidate.id === id);
    if (cell === undefined) throw new Error(`Internal error: ${id} is not printed`);
    const model = new FitModel(
      {
        derivative: 'released',
        batchNorm: 'moments',
        recompute: false,
        card: { ...cardNamed('p100'), teraflops: 9.5, memoryBandwidth: 550 },
        efficiency: { convolution: 0.6, bandwidth: evenBandwidth(1), launch: 0 },
        wiring,
      },
      cache,
    );
    return model.rsPct(cell, { bandwidth: 36, latency: 0, fixed: 0 });
  };
  const both = (kind: 'all-to-all' | 'one-stream') => ({
    twoGpus: rsOf('t5.warpnet1-73-4.k2.g2', { kind }),
    threeGpus: rsOf('t2.cifar10.nwarp6.warpnet1.kw4', { kind }),
  });
  return {
    byHandPct: { twoGpus: 23, threeGpus: 33 },
    simulatedPct: { 'all-to-all': both('all-to-all'), 'one-stream': both('one-stream') },
  };
}
