/** The success rate of each row: which trials it takes, or why there are none. */
import { jobId } from '../../kinds/identity.js';
import type { TrialsJob } from '../../kinds/trials/job.js';
import { excludes } from '../matrix/row-checks.js';
import type { ProblemRow } from '../matrix/matrix-row.js';
import { notRun, type NotRun } from '../not-run.js';
import { problemNamed } from '../paper/paper.js';
import type { TrialsPlan } from '../plan.js';
import type { Protocol } from '../profile/protocol.js';
import type { TableContext } from './table-context.js';

/** Plans the trials of a row under a protocol; `add` takes each job with the position of its seed. */
export function planTrials(
  row: ProblemRow,
  protocol: Protocol,
  { matrix, profile, errorProtocols, seeds }: TableContext,
  add: (job: TrialsJob, turn: number) => void,
): TrialsPlan | NotRun {
  const { paper, trials } = matrix;
  if (!matrix.measure.has('success') || trials === null) return notRun({ code: 'NOT_IN_TABLE', work: 'success' });
  const exclusion = matrix.exclude.find(
    (candidate) => (candidate.what ?? 'success') === 'success' && excludes(candidate, row),
  );
  if (exclusion !== undefined) return notRun({ code: 'EXCLUDED', remark: exclusion.reason });
  if (!errorProtocols.includes(protocol)) {
    const protocols = errorProtocols.map(({ name }) => name);
    return notRun({ code: 'OTHER_PROTOCOLS', profile: profile.name, work: 'success', protocols });
  }
  const problem = problemNamed(paper, row.problem);
  const specification = problem.parse(row.axes);
  const jobs = seeds.map((seed, turn) => {
    const job = {
      kind: 'trials',
      paper: paper.id,
      title: `${trials} trials of ${problem.label(specification)}, ${protocol.name}, seed ${seed}`,
      problem: problem.name,
      specification,
      trials,
      seed,
      protocol,
    } as const;
    const id = jobId(paper, job);
    add({ ...job, id }, turn);
    return id;
  });
  return { skipped: false, jobs };
}
