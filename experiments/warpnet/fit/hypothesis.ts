/** What is assumed about the authors' software and machine before three numbers are fitted. */
import type { Card } from '../../../harness/project/costs/cards.js';
import { allToAll, joinedPairs, sharedSlots, type Topology } from '../../../harness/project/schedule/links.js';
import type { Efficiency } from '../../../harness/project/costs/roofline.js';
import type { NetworkOptions } from '../model/options.js';

/** How the four cards of the node are joined. */
export type Wiring =
  | { readonly kind: 'all-to-all' }
  /** Links as above, but a card sends one tensor at a time: TensorFlow had one stream a card for copies to other cards. */
  | { readonly kind: 'one-stream' }
  /** Two pairs with fast links; between the pairs this share of the bandwidth and twice the latency. */
  | { readonly kind: 'two-pairs'; readonly farShare: number };

export interface Hypothesis {
  readonly derivative: NetworkOptions['derivative'];
  readonly batchNorm: NetworkOptions['batchNorm'];
  /** A18: whether WarpNet2's derivative device computes `F1` once more instead of waiting for it. */
  readonly recompute: boolean;
  readonly card: Card;
  readonly efficiency: Efficiency;
  readonly wiring: Wiring;
}

/** The fitted numbers. */
export interface HardwareParameters {
  /** Of a link in one direction, GB/s. */
  readonly bandwidth: number;
  /** Of a transfer, microseconds: from its end until the waiting kernel starts. */
  readonly latency: number;
  /** Of a step, milliseconds, whatever the network: feeding, starting the session. */
  readonly fixed: number;
}

export const protocolOf = ({ derivative }: Hypothesis): 'paper' | 'released-code' =>
  derivative === 'released' ? 'released-code' : 'paper';

/** `released, moments, F1 received, P100 SXM2, all-to-all`. */
export function describeHypothesis(hypothesis: Hypothesis): string {
  const { derivative, batchNorm, recompute, card, wiring } = hypothesis;
  return [derivative, batchNorm, recompute ? 'F1 recomputed' : 'F1 received', card.name, describeWiring(wiring)].join(
    ', ',
  );
}

export function describeWiring(wiring: Wiring): string {
  switch (wiring.kind) {
    case 'all-to-all':
      return 'all-to-all';
    case 'one-stream':
      return 'all-to-all, one copy at a time a card';
    case 'two-pairs':
      return `two pairs, ${Math.round(100 * wiring.farShare)} % between`;
  }
}

/** The links under a hypothesis. */
export function topologyOf(devices: number, wiring: Wiring, { bandwidth, latency }: HardwareParameters): Topology {
  const near = { latency, bandwidth: bandwidth * 1e3 };
  switch (wiring.kind) {
    case 'all-to-all':
      return allToAll(devices, near);
    case 'one-stream':
      return sharedSlots(devices, near);
    case 'two-pairs':
      return joinedPairs(devices, near, { latency: 2 * latency, bandwidth: near.bandwidth * wiring.farShare });
  }
}
