/** The error of each row: which trainings it takes, or why there is none. */
import type { ErrorCell } from '../cell.js';
import { datasetFacts } from '../dataset-facts.js';
import { excludes } from '../matrix/matrix.js';
import type { NetworkRow } from '../matrix/matrix-row.js';
import type { ErrorPlan, NotRun } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { layoutOf, networkOf } from '../matrix/row-layout.js';
import { amount, change, trainedRow } from '../matrix/shrink.js';
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import { cellId } from '../identity.js';
import type { TableContext } from './table-context.js';

export const notRun = (code: string, reason: string): NotRun => ({ skipped: true, code, reason });

/** Plans the error of a row under a protocol; `add` takes each cell with the position of its seed. */
export function planError(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  add: (cell: ErrorCell, turn: number) => void,
): ErrorPlan | NotRun {
  const { matrix, profile, machine } = context;
  const why = whyNoError(row, protocol, context);
  if (why !== undefined) return why;

  const own = machine.datasets[row.dataset];
  const other = own.available ? undefined : profile.standIns[row.dataset];
  const dataset = other !== undefined && machine.datasets[other].available ? other : row.dataset;
  const data = machine.datasets[dataset];
  if (!data.available) return notRun('DATA_MISSING', `${datasetFacts[row.dataset].title} is not here: ${data.reason}`);

  const trained = matrix.asWritten ? row : trainedRow(row, profile);
  if ('none' in trained) return notRun('NOT_IN_PROFILE', trained.none);

  const network = networkOf(trained, datasetFacts[dataset].classes);
  const { layout } = layoutOf(row, protocol.derivativeTerms);
  const training = context.trainingOf(row, protocol, data.trainImages);
  const { trainImages, images } = training;
  const checksum = trainImages === null ? data.checksum : data.partChecksums?.get(trainImages);
  if (checksum === undefined)
    return notRun(
      'DATA_MISSING',
      `${datasetFacts[dataset].title} is asked for with ${images} training images, and is here with ${data.trainImages}.`,
    );
  const cells = context.seeds.map((seed, turn) => {
    const cell = {
      kind: 'error',
      title: `${labelOf(network)}${row.network === 'WRN' ? '' : ` (K = ${row.K})`} on ${datasetFacts[dataset].title}, ${protocol.name}, seed ${seed}`,
      network,
      dataset,
      dataChecksum: checksum,
      trainImages,
      protocol,
      training: training.withSeed(seed),
      replicas: layout.kind === 'data-parallel' ? layout.replicas : 1,
    } as const;
    const id = cellId(cell);
    add({ ...cell, id }, turn);
    return id;
  });

  const published = context.publishedTrainingOf(row, protocol, datasetFacts[row.dataset].trainImages);
  return {
    skipped: false,
    cells,
    network,
    dataset,
    standIn: dataset === row.dataset ? null : dataset,
    shrunk: [
      ...change('Nwarp', row.Nwarp, trained.Nwarp),
      ...change('kw', row.kw, trained.kw),
      ...amount(published.steps, training.steps, 'steps'),
      ...change('batch', published.batch, training.batch),
      ...amount(published.images, images, 'training images'),
    ],
  };
}

function whyNoError(row: NetworkRow, protocol: Protocol, context: TableContext): NotRun | undefined {
  const { matrix, profile } = context;
  if (!matrix.measure.has('error')) return notRun('NOT_IN_TABLE', 'This table shows no errors.');
  const exclusion = matrix.exclude.find((candidate) => candidate.what !== 'speed-up' && excludes(candidate, row));
  if (exclusion !== undefined) return notRun('EXCLUDED', exclusion.reason);
  if (context.errorProtocols.includes(protocol)) return undefined;
  const names = context.errorProtocols.map(({ name }) => name).join(' and ');
  return notRun(
    'NOT_IN_PROFILE',
    `The profile ${profile.name} trains under ${names} only; --protocol trains under others.`,
  );
}
