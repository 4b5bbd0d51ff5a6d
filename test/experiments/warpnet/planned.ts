/** WarpNet's tables as quick runs on two cores plan them. */
import { expand, type ExpansionRequest } from '../../../harness/plan/expand/expand.js';
import type { TrainingJob, TimingJob } from '../../../harness/kinds/index.js';
import { absenceSentence, type NotRun } from '../../../harness/plan/not-run.js';
import type { ExperimentPlan, PlannedEntry, TablePlan } from '../../../harness/plan/plan.js';
import { twoCores } from '../../support/machines.js';
import { warpnetFolder } from '../../support/papers.js';
import { sizeOf } from '../../support/step-sizes.js';

export const folder = warpnetFolder();

export function plan(tables: readonly string[], request: Partial<ExpansionRequest> = {}): ExperimentPlan {
  const matrices = tables.map((name) => folder.matrix(name));
  return expand({ matrices, profile: 'quick', machine: twoCores, sizeOf, folder, ...request });
}

export const errorsOf = ({ jobs }: ExperimentPlan): TrainingJob[] => jobs.filter((job) => job.kind === 'error');
export const timingsOf = ({ jobs }: ExperimentPlan): TimingJob[] => jobs.filter((job) => job.kind === 'timing');
export const [firstTable, entryOf] = [
  ({ tables: [table] }: ExperimentPlan): TablePlan => {
    if (table === undefined) throw new Error('no table');
    return table;
  },
  (entries: readonly PlannedEntry[], published: string, protocol: string): PlannedEntry => {
    const entry = entries.find((one) => one.published === published && one.protocol === protocol);
    if (entry === undefined) throw new Error(`no entry ${published} under ${protocol}`);
    return entry;
  },
];

/** Code and footnote of a place that is not run. */
export const reasonOf = (place: NotRun | { readonly skipped: false }): [string, string] | null =>
  place.skipped ? [place.code, absenceSentence(place)] : null;
