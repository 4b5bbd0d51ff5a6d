/** What an expanded experiment says: which cells to run, and which place of which table each one fills. */
import type { NetworkSpecification } from '../../experiments/warpnet/model/specification.js';
import type { Cell, DatasetName } from './cell.js';
import type { ProfileName } from './profile/profile-name.js';

/** Why a place in a table stays empty; always shown. */
export interface NotRun {
  readonly skipped: true;
  /**
   * `CITED`, `EXCLUDED` (by the matrix), `NOT_IN_TABLE` (the table does not show this quantity), `NOT_IN_PROFILE`,
   * `DATA_MISSING`, `DEVICES_TOO_FEW`, `MEMORY_TOO_SMALL`, `NO_COMPARISON` (a baseline with nothing to compare),
   * `NO_PROFILE` (an engine that times no operations).
   */
  readonly code: string;
  /** A sentence for a footnote. */
  readonly reason: string;
}

export interface ErrorPlan {
  readonly skipped: false;
  /** One error cell a seed. */
  readonly cells: readonly string[];
  /** What is really trained, which may be smaller than printed. */
  readonly network: NetworkSpecification;
  readonly dataset: DatasetName;
  /** Set where another data set stands in. */
  readonly standIn: string | null;
  /** What the profile shrank: `Nwarp 3 -> 1`, `80000 -> 600 steps`. Empty when as published. */
  readonly shrunk: readonly string[];
}

export interface TimingPlan {
  readonly skipped: false;
  /** The timing cell and this entry's row in it; the cell's first row is the baseline. */
  readonly cell: string;
  readonly row: string;
  readonly network: NetworkSpecification;
  readonly layout: string;
  readonly batch: number;
  readonly shrunk: readonly string[];
}

/** A place that can only be projected: the machine lacks the devices its layout needs. */
export interface ProjectionPlan {
  readonly skipped: false;
  readonly network: NetworkSpecification;
  readonly layout: string;
  readonly baseline: { readonly network: NetworkSpecification; readonly layout: string };
  readonly batch: number;
  /** The timing cell with the times of its operations and the baseline's. */
  readonly cell: string;
}

/** One printed row (a row of the published JSON, or one point of a text number) under one protocol. */
export interface PlannedEntry {
  /** `t2.cifar10.nwarp3.warpnet1.kw4`; for text numbers `text.rs-vs-width.k2/kw4`; null for rows of a user's own matrix. */
  readonly published: string | null;
  /** `WarpNet1-73-4`, as it should be shown. */
  readonly label: string;
  /** Name of the protocol. */
  readonly protocol: string;
  /** The network as printed; null for a cited network that is not of this family (WRN-28-10). */
  readonly printed: NetworkSpecification | null;
  readonly dataset: DatasetName;
  readonly layout: string;
  readonly error: ErrorPlan | NotRun;
  readonly timing: TimingPlan | NotRun;
  /** How this entry's RS is projected, or why not; null where it is timed here, or no projection is asked for. */
  readonly projection: ProjectionPlan | NotRun | null;
}

export interface TablePlan {
  /** `table2`, `figure2`, `width`, `readings`, `seeds`, or the name of a user's matrix. */
  readonly id: string;
  /** Caption in our words. */
  readonly title: string;
  /** Remarks of the matrix, shown under the table. */
  readonly notes: readonly string[];
  /** Names of the protocols that the entries are under, in the order of the columns. */
  readonly protocols: readonly string[];
  readonly entries: readonly PlannedEntry[];
  /** Entries shown below the table though they belong to another (Table 2 shows Table 5's two-device row). */
  readonly alsoShown: readonly PlannedEntry[];
}

export interface ExperimentPlan {
  readonly profile: ProfileName;
  readonly tables: readonly TablePlan[];
  /** Every cell once, however many tables name it, in the order they should run. */
  readonly cells: readonly Cell[];
}
