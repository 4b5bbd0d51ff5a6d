/** The trainings of a network, one a seed. */
import { Problem } from '../../core/problem.js';
import type { Training, TrainingSetup } from '../../kinds/training/job.js';
import { datasetFacts } from '../dataset-facts.js';
import type { Network } from '../paper/network.js';
import type { Paper } from '../paper/paper.js';
import type { ResolvedTraining } from '../profile/training-plan.js';

export interface SeededTraining extends Pick<
  TrainingSetup,
  'network' | 'dataset' | 'dataChecksum' | 'trainImages' | 'protocol' | 'replicas'
> {
  readonly paper: Paper;
  readonly training: ResolvedTraining;
  readonly seeds: readonly number[];
}

/** @throws Problem TRAINING_TOO_SHORT where a network grows more often than the rate begins anew */
export function seededTrainings({ paper, training, seeds, ...shared }: SeededTraining): Omit<TrainingSetup, 'id'>[] {
  const { network, dataset, protocol, replicas } = shared;
  const parts = replicas === 1 ? '' : `, ${replicas} replicas`;
  return seeds.map((seed) => ({
    ...shared,
    paper: paper.id,
    title: `${network.title} on ${datasetFacts[dataset].title}, ${protocol.name}${parts}, seed ${seed}`,
    training: growing(network, training.withSeed(seed)),
  }));
}

const grown = new WeakMap<Training, Map<number, Training>>();

/** The training with the steps after which the network grows: the first ones at which its rate begins anew. */
function growing({ title, before }: Network, training: Training): Training {
  const times = before.length;
  if (times === 0) return training;
  const growAt = (training.cosine?.restarts ?? []).slice(0, times);
  if (growAt.length < times)
    throw new Problem(
      'TRAINING_TOO_SHORT',
      `${title} grows ${times} times, and within its ${training.steps} steps the rate begins anew ${growAt.length} times`,
      'A network grows where its learning rate begins anew: give more restarts, or more steps.',
    );
  // Equal trainings are the same object: identities are hashes of many.
  const known = grown.get(training) ?? new Map<number, Training>();
  grown.set(training, known);
  const own = known.get(times) ?? { ...training, growAt };
  known.set(times, own);
  return own;
}
