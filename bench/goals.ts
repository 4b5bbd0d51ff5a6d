/** What the engine has to reach against each kind of peer. */
import { geometricMean, type DetailedEntry } from './entries.js';

export interface Goal {
  readonly title: string;
  /** Several: on each network the best of them counts. */
  readonly peers: readonly string[];
  readonly quantity: 'ratioTime' | 'ratioMemory';
  /** Of the geometric mean over networks, at most; none where undefined: then it is only told. */
  readonly mean?: number;
  /** Of each network, at most; none where undefined. */
  readonly worst?: number;
}

export const peerNames = {
  keras: ['Keras', 'Keras, fused BN'],
  kerasOneDnn: ['Keras, oneDNN turned on'],
  pytorch: ['PyTorch', 'PyTorch, channels-last', 'PyTorch, torch.compile'],
  tfjs: ['tfjs-node-gpu, tf.layers'],
  tfjsOneDnn: ['tfjs-node-gpu, tf.layers, oneDNN turned on'],
} as const;

export const goals: readonly Goal[] = [
  { title: 'Keras tf.function', peers: peerNames.keras, quantity: 'ratioTime', mean: 0.72, worst: 0.85 },
  { title: 'Keras tf.function, oneDNN turned on', peers: peerNames.kerasOneDnn, quantity: 'ratioTime' },
  { title: 'best of PyTorch', peers: peerNames.pytorch, quantity: 'ratioTime', mean: 0.85, worst: 0.95 },
  { title: 'eager tfjs-node-gpu', peers: peerNames.tfjs, quantity: 'ratioTime', mean: 0.3, worst: 0.45 },
  { title: 'eager tfjs-node-gpu, oneDNN turned on', peers: peerNames.tfjsOneDnn, quantity: 'ratioTime' },
  { title: 'eager tfjs-node-gpu, peak memory', peers: peerNames.tfjs, quantity: 'ratioMemory', mean: 0.4 },
];

export interface Standing {
  readonly goal: Goal;
  /** Over the networks that were measured; undefined where none was. */
  readonly mean: number | undefined;
  /** The largest ratio and its network. */
  readonly worst: { readonly network: string; readonly ratio: number } | undefined;
  readonly networks: number;
  readonly met: boolean;
}

/** A peer that is faster has the larger ratio, so the best of several peers is the largest ratio of a network. */
export function standingOf(goal: Goal, entries: readonly DetailedEntry[]): Standing {
  const byNetwork = new Map<string, number>();
  for (const entry of entries) {
    const ratio = entry[goal.quantity];
    if (ratio === null || !goal.peers.includes(entry.peer)) continue;
    byNetwork.set(entry.network, Math.max(ratio, byNetwork.get(entry.network) ?? 0));
  }
  const mean = geometricMean([...byNetwork.values()]);
  const [worst] = [...byNetwork].map(([network, ratio]) => ({ network, ratio })).sort((a, b) => b.ratio - a.ratio);
  const met = mean !== undefined && mean <= (goal.mean ?? Infinity) && (worst?.ratio ?? 0) <= (goal.worst ?? Infinity);
  return { goal, mean, worst, networks: byNetwork.size, met };
}
