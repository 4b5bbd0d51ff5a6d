/** The error of each row: which trainings it takes, or why there is none. */
import { jobId } from '../../kinds/identity.js';
import type { TrainingJob, TrainingSetup } from '../../kinds/training/job.js';
import { datasetFacts } from '../dataset-facts.js';
import { excludes } from '../matrix/row-checks.js';
import type { NetworkRow } from '../matrix/matrix-row.js';
import { notRun, type NotRun } from '../not-run.js';
import type { ErrorPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { layoutOfRow, networkOfRow } from '../matrix/row-layout.js';
import { axisReductions, reduction, trainedRow } from '../matrix/shrink.js';
import type { TableContext } from './table-context.js';
import { seededTrainings } from './seeded-trainings.js';

interface PlannedTrainings extends Omit<ErrorPlan, 'skipped' | 'jobs' | 'reference'> {
  /** By seed. */
  readonly trainings: readonly Omit<TrainingSetup, 'id'>[];
  /** Those whose time theirs is compared with, by seed; none where there is nothing to compare. */
  readonly references: readonly Omit<TrainingSetup, 'id'>[];
}

/** Plans the error of a row under a protocol; `add` takes each job with the position of its seed. */
export function planError(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  add: (job: TrainingJob, turn: number) => void,
): ErrorPlan | NotRun {
  const { paper } = context.matrix;
  const planned = planTrainings(row, protocol, context, 'error');
  if ('skipped' in planned) return planned;
  const { trainings, references, ...plan } = planned;
  const addAll = (of: readonly Omit<TrainingSetup, 'id'>[]): string[] =>
    of.map((training, turn) => {
      const job = { ...training, kind: 'error' } as const;
      const id = jobId(paper, job);
      add({ ...job, id }, turn);
      return id;
    });
  return { skipped: false, jobs: addAll(trainings), reference: addAll(references), ...plan };
}

/** One training a seed, and what is less in it than published; or why there is none. @param work what they are for */
export function planTrainings(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  work: 'error' | 'analysis',
): PlannedTrainings | NotRun {
  const { matrix, profile, machine } = context;
  const why = whyNot(row, protocol, context, work);
  if (why !== undefined) return why;

  const own = machine.datasets[row.dataset];
  const other = own.available ? undefined : profile.standIns[row.dataset];
  const dataset = other !== undefined && machine.datasets[other].available ? other : row.dataset;
  const data = machine.datasets[dataset];
  if (!data.available) return notRun({ code: 'DATA_MISSING', dataset: row.dataset, remark: data.reason });

  const trained = matrix.asWritten ? row : trainedRow(row, profile);
  if ('none' in trained) return notRun({ code: 'NOT_IN_PROFILE', remark: trained.none });

  const { paper } = matrix;
  const network = networkOfRow(paper, trained, datasetFacts[dataset].classes);
  const { replicas } = layoutOfRow(paper, row, protocol);
  const training = context.trainingOf(row, protocol, data.trainImages);
  const { trainImages, images } = training;
  const checksum = trainImages === null ? data.checksum : data.partChecksums?.get(trainImages);
  if (checksum === undefined)
    return notRun({ code: 'IMAGES_TOO_FEW', dataset, wanted: images, there: data.trainImages });
  const { seeds } = context;
  const shared = { paper, dataset, dataChecksum: checksum, trainImages, protocol, training, replicas, seeds };
  const full = paper.timeReference(trained);

  const { validationImages } = datasetFacts[dataset];
  const published = context.publishedTrainingOf(row, protocol, datasetFacts[row.dataset].trainImages);
  return {
    trainings: seededTrainings({ ...shared, network }),
    references:
      full === null ? [] : seededTrainings({ ...shared, network: networkOfRow(paper, full, network.classes) }),
    network,
    dataset,
    standIn: dataset === row.dataset ? null : dataset,
    shrunk: [
      ...axisReductions(row, trained),
      ...reduction('steps', published.steps, training.steps),
      ...reduction('batch', published.batch, training.batch),
      ...reduction('training images', published.images, images),
      ...reduction('validation images', validationImages, training.validationImages ?? validationImages),
    ],
  };
}

function whyNot(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  work: 'error' | 'analysis',
): NotRun | undefined {
  const { matrix, profile } = context;
  if (!matrix.measure.has(work)) return notRun({ code: 'NOT_IN_TABLE', work });
  const exclusion = matrix.exclude.find((candidate) => (candidate.what ?? work) === work && excludes(candidate, row));
  if (exclusion !== undefined) return notRun({ code: 'EXCLUDED', remark: exclusion.reason });
  if (context.errorProtocols.includes(protocol)) return undefined;
  const protocols = context.errorProtocols.map(({ name }) => name);
  return notRun({ code: 'OTHER_PROTOCOLS', profile: profile.name, work, protocols });
}
