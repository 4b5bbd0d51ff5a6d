/** What an expanded experiment says: which jobs to run, and which place of which table each one fills. */
import type { Job } from '../kinds/index.js';
import type { DatasetName } from './dataset-facts.js';
import type { Reduction } from './matrix/shrink.js';
import type { NotRun } from './not-run.js';
import type { Layout } from './paper/layout.js';
import type { Axes, Network } from './paper/network.js';
import type { ProfileName } from './profile/profile-name.js';
import type { Protocol } from './profile/protocol.js';

export interface ErrorPlan {
  readonly skipped: false;
  /** One training job a seed. */
  readonly jobs: readonly string[];
  /** What is really trained, which may be smaller than printed. */
  readonly network: Network;
  readonly dataset: DatasetName;
  /** Set where another data set stands in. */
  readonly standIn: string | null;
  /** What the profile shrank. Empty when as published. */
  readonly shrunk: readonly Reduction[];
  /** The trainings, one a seed, whose time this one's is compared with; empty where there is nothing to compare. */
  readonly reference: readonly string[];
}

/** Measurements of a network's weights while it is trained: one job a seed. */
export type AnalysisPlan = ErrorPlan;

export interface TimingPlan {
  readonly skipped: false;
  /** The timing job and this entry's row in it; the job's first row is the baseline. */
  readonly job: string;
  readonly row: string;
  readonly network: Network;
  readonly layout: Layout;
  readonly batch: number;
  readonly shrunk: readonly Reduction[];
}

/** A place that can only be projected: the machine lacks the devices its layout needs. */
export interface ProjectionPlan {
  readonly skipped: false;
  readonly network: Network;
  readonly layout: Layout;
  readonly baseline: { readonly network: Network; readonly layout: Layout };
  readonly batch: number;
  /** Name of the protocol that both steps are under. */
  readonly protocol: string;
  /** The job with the times of its operations and the baseline's, which other networks and protocols may share. */
  readonly job: string;
}

/** A place that is both timed and projected. */
export interface ProjectionCheck {
  readonly projection: ProjectionPlan;
  /** The timing job and the place's row in it; the job's first row is the baseline. */
  readonly timing: string;
  readonly row: string;
}

/** Trials of a numerical problem. */
export interface TrialsPlan {
  readonly skipped: false;
  /** One job a seed. */
  readonly jobs: readonly string[];
}

/** One printed row (a row of the published JSON, or one point of a text number) under one protocol. */
export interface PlannedEntry {
  /** Id of the printed row; null for rows of a user's own matrix. */
  readonly published: string | null;
  /** As it should be shown. */
  readonly label: string;
  /** Name of the protocol. */
  readonly protocol: string;
  /** The network as printed, and the axes of its row; null for a network that the paper only quotes. */
  readonly printed: Network | null;
  readonly axes: Axes | null;
  /** Name of the numerical problem that the row is of; null for networks. */
  readonly problem: string | null;
  /** Null for a numerical problem, which has none. */
  readonly dataset: DatasetName | null;
  /** Null for a network that the paper only quotes, and for a numerical problem. */
  readonly layout: Layout | null;
  readonly error: ErrorPlan | NotRun;
  readonly timing: TimingPlan | NotRun;
  readonly trials: TrialsPlan | NotRun;
  readonly analysis: AnalysisPlan | NotRun;
  /** How this entry's RS is projected, or why not; null where it is timed here, or no projection is asked for. */
  readonly projection: ProjectionPlan | NotRun | null;
}

/** Ids of the jobs that it takes. */
export const jobsOfEntry = ({ error, timing, trials, analysis, projection }: PlannedEntry): string[] => [
  ...(error.skipped ? [] : [...error.jobs, ...error.reference]),
  ...(timing.skipped ? [] : [timing.job]),
  ...(trials.skipped ? [] : trials.jobs),
  ...(analysis.skipped ? [] : analysis.jobs),
  ...(projection === null || projection.skipped ? [] : [projection.job]),
];

export interface TablePlan {
  /** Its name in the paper's folder, or that of a user's matrix. */
  readonly id: string;
  /** Caption in our words. */
  readonly title: string;
  /** Remarks of the matrix, shown under the table. */
  readonly notes: readonly string[];
  /** Names of the protocols that the entries are under, in the order of the columns. */
  readonly protocols: readonly string[];
  readonly entries: readonly PlannedEntry[];
  /** Entries shown below the table though they belong to another. */
  readonly alsoShown: readonly PlannedEntry[];
}

export interface ExperimentPlan {
  /** Id of the paper. */
  readonly paper: string;
  readonly profile: ProfileName;
  readonly tables: readonly TablePlan[];
  /** Those that entries are under, once a name; some have no job. */
  readonly protocols: readonly Protocol[];
  /** What says how far the projections can be trusted; their jobs are among `jobs`. */
  readonly checks: readonly ProjectionCheck[];
  /** Every job once, however many tables name it, in the order they should run. */
  readonly jobs: readonly Job[];
}
