/** `analyses.csv`: a row a number. */
import { jobCsv, type Column } from '../csv.js';
import type { AnalysisJob } from './job.js';
import type { AnalysisResult, AnalysisRow } from './result.js';

interface Row {
  readonly job: AnalysisJob;
  readonly result: AnalysisResult;
  readonly row: AnalysisRow;
}

const columns: readonly Column<Row>[] = [
  { name: 'job', means: 'id of the job: a hash of what decides its numbers', of: ({ job }) => job.id },
  { name: 'network', means: 'the network trained', of: ({ job }) => job.network.label },
  { name: 'dataset', means: 'the data set trained and measured on', of: ({ job }) => job.dataset },
  { name: 'protocol', means: 'name of the protocol', of: ({ job }) => job.protocol.name },
  { name: 'seed', means: 'seed of initialisation, order and augmentation', of: ({ job }) => job.training.seed },
  { name: 'batch', means: 'images of each batch measured on', of: ({ job }) => job.batch },
  { name: 'steps', means: 'training steps in all', of: ({ job }) => job.training.steps },
  { name: 'trainImages', means: 'training images used', of: ({ result }) => result.trainImages },
  { name: 'validationImages', means: 'validation images', of: ({ result }) => result.validationImages },
  {
    name: 'errorPct',
    means: 'top-1 validation error after the last step, percent',
    of: ({ result }) => result.last.errorPct,
  },
  { name: 'step', means: 'training steps done when this was measured', of: ({ row }) => row.step },
  { name: 'quantity', means: 'what was measured', of: ({ row }) => row.quantity },
  { name: 'place', means: 'where in the network', of: ({ row }) => row.place },
  { name: 'variant', means: 'under which variation of the measurement', of: ({ row }) => row.variant },
  { name: 'sample', means: 'number of the batch, from 0', of: ({ row }) => row.sample },
  { name: 'value', means: 'the number; empty where it has none', of: ({ row }) => row.value },
  { name: 'unit', means: 'unit of the number; `ratio` and `cosine` have none', of: ({ row }) => row.unit },
];

export const analysesCsv = jobCsv('analyses.csv', columns, (job: AnalysisJob, result: AnalysisResult) =>
  result.rows.map((row) => ({ job, result, row })),
);
