/** The analyses of each row: which trainings with measurements they take, or why there are none. */
import { jobId } from '../../kinds/identity.js';
import type { AnalysisJob } from '../../kinds/analysis/job.js';
import type { NetworkRow } from '../matrix/matrix-row.js';
import { notRun, type NotRun } from '../not-run.js';
import type { AnalysisPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import { planTrainings } from './expand-errors.js';
import type { TableContext } from './table-context.js';

/** Plans the analyses of a row under a protocol; `add` takes each job with the position of its seed. */
export function planAnalysis(
  row: NetworkRow,
  protocol: Protocol,
  context: TableContext,
  add: (job: AnalysisJob, turn: number) => void,
): AnalysisPlan | NotRun {
  const { paper, analyse } = context.matrix;
  if (analyse === undefined || analyse === null) return notRun({ code: 'NOT_IN_TABLE', work: 'analysis' });
  const planned = planTrainings(row, protocol, context, 'analysis');
  if ('skipped' in planned) return planned;
  const { trainings, network, dataset, standIn, shrunk } = planned;
  const { measurements, batches, batch } = analyse;
  const stepsOf = ({ training: { steps } }: (typeof trainings)[number]): number[] =>
    [...new Set(analyse.at.map((part) => Math.round(part * steps)))].sort((a, b) => a - b);
  const jobs = trainings.map((training, turn) => {
    const title = `${measurements.join(', ')} of ${training.title}`;
    const job = { ...training, title, kind: 'analysis', measurements, at: stepsOf(training), batches, batch } as const;
    const id = jobId(paper, job);
    add({ ...job, id }, turn);
    return id;
  });
  return { skipped: false, jobs, network, dataset, standIn, shrunk, reference: [] };
}
