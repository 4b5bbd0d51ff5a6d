/** How a row is trained under a profile: the length in steps, where the rate drops, and what that is less than published. */
import { Problem } from '../../core/problem.js';
import type { Training } from '../../kinds/training/job.js';
import { firstFit } from '../condition.js';
import type { RowFacts } from '../paper/row-facts.js';
import type { Matrix } from '../matrix/matrix.js';
import type { Overrides } from './overrides.js';
import type { Profile, TrainingRule } from './profile-file.js';
import type { Protocol } from './protocol.js';

export interface ResolvedTraining {
  readonly steps: number;
  readonly batch: number;
  readonly withSeed: (seed: number) => Training;
  /** Only the first so many training images; null: what there is when nothing is said. */
  readonly trainImages: number | null;
  /** Training images of an epoch. */
  readonly images: number;
  /** Only the first so many validation images; null: all. */
  readonly validationImages: number | null;
}

/** The numbers of training images that rules ask for: for `DatasetAvailability.partChecksums`. */
export function wantedImageCounts(
  profiles: readonly Profile[],
  matrices: readonly Matrix[],
  overrides: Overrides,
): readonly number[] {
  const asked = [
    ...profiles
      .flatMap(({ training, tables = {} }) => [training, ...Object.values(tables).map((own) => own.training ?? [])])
      .flatMap((rules) => rules.map(({ trainImages }) => trainImages)),
    ...matrices.map(({ training }) => training.trainImages),
    overrides.training.trainImages,
  ];
  return [...new Set(asked.filter((count) => typeof count === 'number'))];
}

type Fields = Omit<TrainingRule, 'dataset' | 'network'>;

/**
 * The training of a printed row on a data set with that many images; equal ones are the same object.
 * @throws Problem TRAINING_MISSING when the profile has no rule for it
 */
export type TrainingOf = (row: RowFacts, protocol: Protocol, available: number) => ResolvedTraining;

export function trainingsOf(
  profile: Profile,
  changes: Matrix['training'] = {},
  overrides: Overrides['training'] = {},
  /** Part of the steps that are run, 0 … 1; the learning rate drops at the same parts of them. */
  schedule = 1,
): TrainingOf {
  const known = new Map<TrainingRule, Map<string, ResolvedTraining>>();
  return (row, protocol, available) => {
    const rule = firstFit(profile.training, row);
    if (rule === undefined)
      throw new Problem(
        'TRAINING_MISSING',
        `The profile ${profile.name} has no training for ${row.network} on ${row.dataset}`,
      );
    const ofRule = known.get(rule) ?? new Map<string, ResolvedTraining>();
    known.set(rule, ofRule);
    const key = `${protocol.learningRateDrops} ${available}`;
    const before = ofRule.get(key);
    if (before !== undefined) return before;
    const fields = withChanges(withChanges(rule, changes), overrides);
    const resolved = resolve(fields, protocol, available, schedule);
    ofRule.set(key, resolved);
    return resolved;
  };
}

function resolve(fields: Fields, protocol: Protocol, available: number, schedule: number): ResolvedTraining {
  const images = fields.trainImages === 'all' ? available : fields.trainImages;
  const stepsPerEpoch = images / fields.batch;
  const part = (whole: number): number => Math.max(1, Math.round(whole * schedule));
  const steps = part(fields.steps ?? Math.max(1, Math.round((fields.epochs ?? 1) * stepsPerEpoch)));
  const { batch, learningRate, weightDecay, drops, cosine, evaluateEvery, validationImages, diagnoseEvery } = fields;
  // A drop or a restart at or after the last step changes nothing.
  const within = (at: readonly number[]): number[] => at.filter((step) => step < steps);
  const training = {
    steps,
    batch,
    learningRate,
    dropSteps: drops === undefined ? [] : within(dropSteps(drops, protocol, stepsPerEpoch).map(part)),
    dropFactor: drops?.factor ?? 1,
    ...(cosine && {
      cosine: {
        final: cosine.final,
        restarts: within(restartSteps(cosine.restarts, steps, stepsPerEpoch * schedule)),
      },
    }),
    weightDecay,
    evaluateEvery: evaluateEvery === 'epoch' ? Math.ceil(stepsPerEpoch) : evaluateEvery,
    ...(validationImages === undefined ? {} : { validationImages }),
    ...(diagnoseEvery === undefined ? {} : { diagnoseEvery }),
  };
  const seeded = new Map<number, Training>();
  return {
    steps,
    batch,
    withSeed: (seed) => {
      const known = seeded.get(seed) ?? { ...training, seed };
      seeded.set(seed, known);
      return known;
    },
    trainImages: images === available ? null : images,
    images,
    validationImages: validationImages ?? null,
  };
}

/** Steps given in the changes take the place of epochs, drops that of a cosine, and the other way round. */
function withChanges(rule: Fields, changes: { readonly [Key in keyof Fields]?: Fields[Key] | undefined }): Fields {
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<Fields>;
  const { steps, epochs, drops, cosine, ...rest } = rule;
  const length = set.steps === undefined && set.epochs === undefined ? { steps, epochs } : {};
  const rate = set.drops === undefined && set.cosine === undefined ? { drops, cosine } : {};
  return { ...rest, ...length, ...rate, ...set };
}

function restartSteps(
  restarts: NonNullable<Fields['cosine']>['restarts'],
  steps: number,
  stepsPerEpoch: number,
): number[] {
  const at =
    'epochs' in restarts
      ? restarts.epochs.map((epoch) => epoch * stepsPerEpoch)
      : restarts.shares.map((share) => share * steps);
  return at.map((step) => Math.max(1, Math.round(step))).sort((a, b) => a - b);
}

function dropSteps(drops: NonNullable<Fields['drops']>, protocol: Protocol, stepsPerEpoch: number): number[] {
  if ('steps' in drops) return drops.steps;
  if (protocol.learningRateDrops === 'released' && drops.released !== undefined) return drops.released;
  return drops.epochs.map((epoch) => Math.max(1, Math.round(epoch * stepsPerEpoch)));
}
