/** The error of each row: which trainings it takes, or why there is none. */
import type { TrainingJob } from '../../kinds/training/job.js';
import { datasetFacts } from '../dataset-facts.js';
import { excludes } from '../matrix/matrix.js';
import type { NetworkRow } from '../matrix/matrix-row.js';
import { notRun, type NotRun } from '../not-run.js';
import type { ErrorPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { layoutOfRow, networkOfRow } from '../matrix/row-layout.js';
import { axisReductions, reduction, trainedRow } from '../matrix/shrink.js';
import type { TableContext } from './table-context.js';
import { trainingJobs } from './training-jobs.js';

/** Plans the error of a row under a protocol; `add` takes each job with the position of its seed. */
export function planError(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  add: (job: TrainingJob, turn: number) => void,
): ErrorPlan | NotRun {
  const { matrix, profile, machine } = context;
  const why = whyNoError(row, protocol, context);
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
  const jobs = trainingJobs({ ...shared, network });
  const full = paper.timeReference(trained);
  const reference =
    full === null ? [] : trainingJobs({ ...shared, network: networkOfRow(paper, full, network.classes) });
  for (const of of [jobs, reference]) for (const [turn, job] of of.entries()) add(job, turn);
  const idsOf = (of: readonly TrainingJob[]): string[] => of.map(({ id }) => id);

  const published = context.publishedTrainingOf(row, protocol, datasetFacts[row.dataset].trainImages);
  return {
    skipped: false,
    jobs: idsOf(jobs),
    network,
    dataset,
    standIn: dataset === row.dataset ? null : dataset,
    shrunk: [
      ...axisReductions(row, trained),
      ...reduction('steps', published.steps, training.steps),
      ...reduction('batch', published.batch, training.batch),
      ...reduction('training images', published.images, images),
    ],
    reference: idsOf(reference),
  };
}

function whyNoError(row: NetworkRow, protocol: Protocol, context: TableContext): NotRun | undefined {
  const { matrix, profile } = context;
  if (!matrix.measure.has('error')) return notRun({ code: 'NOT_IN_TABLE', work: 'error' });
  const exclusion = matrix.exclude.find(
    (candidate) => (candidate.what ?? 'error') === 'error' && excludes(candidate, row),
  );
  if (exclusion !== undefined) return notRun({ code: 'EXCLUDED', remark: exclusion.reason });
  if (context.errorProtocols.includes(protocol)) return undefined;
  const protocols = context.errorProtocols.map(({ name }) => name);
  return notRun({ code: 'OTHER_PROTOCOLS', profile: profile.name, work: 'error', protocols });
}
