/** `trials.csv`: a row an outcome of a problem's trials. */
import { jobCsv, type Column } from '../csv.js';
import type { TrialsJob } from './job.js';
import type { TrialsResult } from './result.js';

interface Row {
  readonly job: TrialsJob;
  readonly result: TrialsResult;
  readonly outcome: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { name: 'job', means: 'id of the job: a hash of what decides its numbers', of: ({ job }) => job.id },
  { name: 'title', means: 'the job, for people', of: ({ job }) => job.title },
  { name: 'problem', means: 'the numerical problem', of: ({ job }) => job.problem },
  {
    name: 'specification',
    means: 'the instance of the problem: names and values, with semicolons between',
    of: ({ job }) =>
      Object.entries(job.specification)
        .map(([name, value]) => `${name} ${value}`)
        .join('; '),
  },
  { name: 'protocol', means: 'name of the protocol', of: ({ job }) => job.protocol.name },
  { name: 'seed', means: 'seed of all trials of the job', of: ({ job }) => job.seed },
  { name: 'trials', means: 'trials of the job', of: ({ job }) => job.trials },
  { name: 'outcome', means: 'how a trial can end', of: ({ outcome }) => outcome },
  { name: 'count', means: 'trials that ended so', of: ({ count }) => count },
  {
    name: 'success',
    means: '`yes` for the outcome that counts as success',
    of: ({ result, outcome }) => (outcome === result.success ? 'yes' : ''),
  },
  { name: 'wallSeconds', means: 'time of all attempts of the job, seconds', of: ({ result }) => result.wallSeconds },
  { name: 'host', means: 'where it ran', of: ({ result }) => result.environment.host },
];

export const trialsCsv = jobCsv('trials.csv', columns, (job: TrialsJob, result: TrialsResult) =>
  Object.entries(result.counts).map(([outcome, count]) => ({ job, result, outcome, count })),
);
