/** From matrices, a profile, protocols and a machine to the jobs to run: a pure function. */
import { Problem } from '../../core/problem.js';
import type { Job } from '../../kinds/index.js';
import type { ExperimentFolder } from '../experiment-folder.js';
import { notRun } from '../not-run.js';
import { planError } from './expand-errors.js';
import { planChecks, type ExpandedTable } from './expand-checks.js';
import { planTimings } from './expand-timing.js';
import { planAnalysis } from './expand-analysis.js';
import { planTrials } from './expand-trials.js';
import type { Machine } from '../machine.js';
import type { Matrix } from '../matrix/matrix.js';
import { isNetworkRow, type MatrixRow } from '../matrix/matrix-row.js';
import { allowedNames } from '../yaml/nearest.js';
import { noOverrides, type Overrides } from '../profile/overrides.js';
import { problemNamed } from '../paper/paper.js';
import { jobsOfEntry, type ExperimentPlan, type PlannedEntry, type TablePlan } from '../plan.js';
import { withOverrides } from '../profile/protocol-file.js';
import { profileOfTable } from '../profile/table-profile.js';
import type { Protocol } from '../profile/protocol.js';
import { layoutOfRow, networkOfRow } from '../matrix/row-layout.js';
import type { SizeOf } from '../step-size.js';
import { distinctTitles } from './distinct-titles.js';
import type { TableContext } from './table-context.js';
import { trainingsOf } from '../profile/training-plan.js';

export interface ExpansionRequest {
  /** In the order in which the tables should be finished. */
  readonly matrices: readonly Matrix[];
  /** `quick`, `paper` or `auto`. */
  readonly profile: string;
  /** In place of the profile's, for errors and timings alike (`--protocol`). */
  readonly protocols?: readonly string[];
  /** `--set`. */
  readonly overrides?: Overrides;
  /** In place of the profile's (`--seeds`). */
  readonly seeds?: readonly number[];
  /** Part of each training's steps that is run, 0 … 1; all of them unless said otherwise. */
  readonly schedule?: number;
  readonly machine: Machine;
  /** How large steps are: what fits the memory. */
  readonly sizeOf: SizeOf;
  /** Whether speed-ups that cannot be timed here are projected; true unless said otherwise. */
  readonly projects?: boolean;
  /** Where protocols, profiles and other tables are. */
  readonly folder: ExperimentFolder;
}

/** @throws Problem of a file that is named and cannot be used, PROTOCOL_UNKNOWN, PROFILE_UNKNOWN */
export function expand(request: ExpansionRequest): ExperimentPlan {
  const profile = request.folder.profile(request.profile);
  const jobs = new Map<string, Job>();
  // The first of a name: tables of one plan do not give a name to two protocols.
  const protocols = new Map<string, Protocol>();
  const expanded = request.matrices.map((matrix): ExpandedTable => {
    const context = contextOf(matrix, request);
    return { table: expandTable(matrix, context, request, jobs, protocols), context };
  });
  const checks = planChecks(expanded, jobs, (job) => jobs.set(job.id, job));
  const { paper } = request.folder;
  return {
    paper: paper.id,
    profile: profile.name,
    tables: expanded.map(({ table }) => table),
    protocols: [...protocols.values()],
    checks,
    jobs: distinctTitles(paper, [...jobs.values()]),
  };
}

function expandTable(
  matrix: Matrix,
  context: TableContext,
  request: ExpansionRequest,
  jobs: Map<string, Job>,
  protocols: Map<string, Protocol>,
): TablePlan {
  const own = new TableJobs(context.protocols);
  const entries = planEntries(matrix.rows, context, own);
  const alsoShown = matrix.also.flatMap(({ table, row }, index) =>
    planAlsoShown(matrix, table, row, index, request, own),
  );
  for (const job of own.inOrder()) if (!jobs.has(job.id)) jobs.set(job.id, job);
  for (const protocol of own.protocols) if (!protocols.has(protocol.name)) protocols.set(protocol.name, protocol);
  const shown = new Set([...entries, ...alsoShown].map(({ protocol }) => protocol));
  return {
    id: matrix.id,
    title: matrix.title,
    notes: matrix.notes,
    protocols: context.protocols.map(({ name }) => name).filter((name) => shown.has(name)),
    entries,
    alsoShown,
  };
}

/** Collects a table's jobs and protocols: timings first, being short; then one seed of every row before the next seed. */
class TableJobs {
  private readonly timings: Job[] = [];
  private readonly turns: Job[][] = [];
  readonly protocols: Protocol[];

  constructor(protocols: readonly Protocol[]) {
    this.protocols = [...protocols];
  }

  readonly addTiming = (job: Job): void => void this.timings.push(job);
  readonly addSeeded = (job: Job, turn: number): void => void (this.turns[turn] ??= []).push(job);
  readonly inOrder = (): Job[] => [...this.timings, ...this.turns.flat()];

  /** Takes over those of another table, each to its turn. */
  addFrom(other: TableJobs, wanted: ReadonlySet<string>): void {
    const isWanted = ({ id }: Job): boolean => wanted.has(id);
    this.protocols.push(...other.protocols);
    this.timings.push(...other.timings.filter(isWanted));
    for (const [turn, jobs] of other.turns.entries())
      for (const job of jobs.filter(isWanted)) this.addSeeded(job, turn);
  }
}

function contextOf(matrix: Matrix, request: ExpansionRequest): TableContext {
  const { folder, machine, overrides = noOverrides } = request;
  const profile = profileOfTable(folder.profile(matrix.profile ?? request.profile), matrix.id);
  const named = new Map<string, Protocol>();
  const byName = (names: readonly string[]): Protocol[] =>
    names.map((name) => {
      const protocol = named.get(name) ?? withOverrides(folder.protocol(name), overrides.protocol);
      named.set(name, protocol);
      return protocol;
    });
  const own = matrix.protocols;
  const errorProtocols = own ?? byName(request.protocols ?? profile.protocols.error);
  const timingProtocols = own ?? byName(request.protocols ?? profile.protocols.speedUp);
  for (const protocol of [...errorProtocols, ...timingProtocols]) matrix.paper.checkOptions(protocol);
  return {
    matrix,
    profile,
    trainingOf: trainingsOf(profile, matrix.training, overrides.training, request.schedule),
    publishedTrainingOf: trainingsOf(folder.profile('paper')),
    errorProtocols,
    timingProtocols,
    protocols: [
      ...new Set([
        ...(matrix.measure.has('speed-up') ? timingProtocols : []),
        ...((['error', 'success', 'analysis'] as const).some((work) => matrix.measure.has(work)) ? errorProtocols : []),
      ]),
    ],
    seeds: request.seeds ?? matrix.seeds ?? profile.seeds,
    overrides,
    machine,
    sizeOf: request.sizeOf,
    projects: request.projects ?? true,
  };
}

const noError = notRun({ code: 'NOT_IN_TABLE', work: 'error' });
const noTiming = notRun({ code: 'NOT_IN_TABLE', work: 'speed-up' });
const noAnalysis = notRun({ code: 'NOT_IN_TABLE', work: 'analysis' });
const noTrials = notRun({ code: 'NOT_IN_TABLE', work: 'success' });

function planEntries(rows: readonly MatrixRow[], context: TableContext, jobs: TableJobs): PlannedEntry[] {
  const { paper } = context.matrix;
  const timing = planTimings(rows.filter(isNetworkRow), context, jobs.addTiming);
  return rows.flatMap((row) =>
    context.protocols.map((protocol): PlannedEntry => {
      const shared = { published: row.published, protocol: protocol.name };
      const nothing = { printed: null, axes: null, problem: null, layout: null, projection: null };
      if (row.kind === 'printed only') {
        const why = notRun(row.why);
        const works = { error: why, timing: why, trials: why, analysis: why };
        return { ...shared, ...nothing, dataset: row.dataset, label: row.label, ...works };
      }
      if (row.kind === 'problem') {
        const { problem, axes } = row;
        const trials = planTrials(row, protocol, context, jobs.addSeeded);
        const label = row.label ?? problemNamed(paper, problem).label(axes);
        const others = { error: noError, timing: noTiming, analysis: noAnalysis };
        return { ...shared, ...nothing, dataset: null, problem, axes, label, trials, ...others };
      }
      const printed = networkOfRow(paper, row);
      return {
        ...shared,
        dataset: row.dataset,
        problem: null,
        trials: noTrials,
        label: row.label ?? printed.label,
        printed,
        axes: row.axes,
        layout: layoutOfRow(paper, row, protocol),
        error: planError(row, protocol, context, jobs.addSeeded),
        analysis: planAnalysis(row, protocol, context, jobs.addSeeded),
        ...timing(row, protocol),
      };
    }),
  );
}

/** Plans a row of another table as that table would, so that both share its jobs. */
function planAlsoShown(
  matrix: Matrix,
  table: string,
  name: string,
  index: number,
  request: ExpansionRequest,
  jobs: TableJobs,
): PlannedEntry[] {
  const { document } = matrix;
  const other = request.folder.matrix(table, document.place(['also', index, 'table']));
  const row = other.rows.find((candidate) => candidate.name === name);
  if (row === undefined)
    throw new Problem(
      'ROW_UNKNOWN',
      `${table} has no row "${name}"`,
      allowedNames(
        name,
        other.rows.flatMap((candidate) => candidate.name ?? []),
        'Rows',
      ),
      document.place(['also', index, 'row']),
    );
  const context = contextOf(other, request);
  const whole = new TableJobs(context.protocols);
  const position = other.rows.indexOf(row);
  const width = context.protocols.length;
  const entries = planEntries(other.rows, context, whole).slice(position * width, (position + 1) * width);
  const wanted = new Set(entries.flatMap(jobsOfEntry));
  jobs.addFrom(whole, wanted);
  return entries;
}
