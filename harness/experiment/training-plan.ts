/** How a row is trained under a profile: the length in steps, where the rate drops, and what that is less than published. */
import { Problem } from '../problem.js';
import type { Training } from './cell.js';
import { firstFit, type RowFacts } from './condition.js';
import type { Matrix } from './matrix.js';
import type { Overrides } from './overrides.js';
import type { Profile, TrainingRule } from './profile-file.js';
import type { Protocol } from './protocol.js';

export interface ResolvedTraining {
  readonly training: Omit<Training, 'seed'>;
  /** Only the first so many training images; null: all there are. */
  readonly trainImages: number | null;
  /** Training images of an epoch. */
  readonly images: number;
}

type Fields = Omit<TrainingRule, 'dataset' | 'network' | 'K' | 'Nwarp' | 'kw'>;

/**
 * The training of a printed row on a data set with that many images.
 * @throws Problem TRAINING_MISSING when the profile has no rule for it
 */
export function resolveTraining(
  row: RowFacts,
  profile: Profile,
  protocol: Protocol,
  available: number,
  changes: Matrix['training'] = {},
  overrides: Overrides['training'] = {},
): ResolvedTraining {
  const rule = firstFit(profile.training, row);
  if (rule === undefined)
    throw new Problem(
      'TRAINING_MISSING',
      `The profile ${profile.name} has no training for ${row.network} on ${row.dataset}`,
    );
  const fields = withChanges(withChanges(rule, changes), overrides);
  const images = fields.trainImages === 'all' ? available : Math.min(fields.trainImages, available);
  const stepsPerEpoch = images / fields.batch;
  const steps = fields.steps ?? Math.max(1, Math.round((fields.epochs ?? 1) * stepsPerEpoch));
  const { batch, learningRate, weightDecay, drops, evaluateEvery } = fields;
  return {
    training: {
      steps,
      batch,
      learningRate,
      // A drop at or after the last step changes nothing.
      dropSteps: dropSteps(drops, protocol, stepsPerEpoch).filter((step) => step < steps),
      dropFactor: drops.factor,
      weightDecay,
      evaluateEvery: evaluateEvery === 'epoch' ? Math.ceil(stepsPerEpoch) : evaluateEvery,
    },
    trainImages: images < available ? images : null,
    images,
  };
}

/** Steps given in the changes take the place of epochs, and the other way round. */
function withChanges(rule: Fields, changes: { readonly [Key in keyof Fields]?: Fields[Key] | undefined }): Fields {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<Fields>;
  const { steps, epochs, ...rest } = rule;
  const length = set.steps === undefined && set.epochs === undefined ? { steps, epochs } : {};
  return { ...rest, ...length, ...set };
}

function dropSteps(drops: Fields['drops'], protocol: Protocol, stepsPerEpoch: number): number[] {
  if ('steps' in drops) return drops.steps;
  if (protocol.learningRateDrops === 'released' && drops.released !== undefined) return drops.released;
  return drops.epochs.map((epoch) => Math.max(1, Math.round(epoch * stepsPerEpoch)));
}
