/** A paper as a report needs it: how its tables are set, what it claims and what it leaves open. */
import type { Paper } from '../plan/paper/paper.js';
import type { Figure } from '../core/drawing/svg.js';
import type { Arrange } from './arrange/arrangement.js';
import type { Claim } from './claims/claim.js';
import type { EvaluatedEntry } from './evaluate/entries.js';
import type { Evidence } from './evaluate/evidence.js';
import type { Hardware } from './evaluate/quantity.js';
import type { Explanation } from './explanations.js';
import { seriesOfSystems, type NetworkSeries } from './figures/series.js';
import type { StoredHardwareModel } from './hardware-model/hardware-model.js';
import { commonMetrics } from './metrics/index.js';
import { Metrics, type Metric } from './metrics/metric.js';
import type { AxisSymbols, TableModel } from './model.js';
import type { Question } from './questions.js';
import type { ReviewQuestion } from './review.js';

/** A table by its file in the paper's folder. */
export type TableId = string;

/** A figure that only this paper has. */
export interface PaperFigure {
  /** The table whose places it draws; its name is also the figure's file. */
  readonly table: TableId;
  readonly draw: (model: TableModel) => Figure;
  /** What is drawn, in place of the table's CSV. */
  readonly csv: (model: TableModel) => string;
}

/** What a paper says of its reports; what it leaves out is as `reportingOf` has it. */
export interface Reporting {
  /** As the paper calls its tables: `Table 2`. Others go by their id. */
  readonly tableNames: Readonly<Record<TableId, string>>;
  /** How places become rows and columns; tables without one have a block a network and a row a protocol. */
  readonly arrangements: Readonly<Record<TableId, Arrange>>;
  /** Sentences under a table that say what its numbers show. */
  readonly remarks: Readonly<Record<TableId, (places: readonly EvaluatedEntry[], evidence: Evidence) => string[]>>;
  /** In the paper's order; read at the first call. */
  readonly claims: () => readonly Claim[];
  readonly questions: readonly Question[];
  /** What its readers ask, in the order of the page that answers it. */
  readonly review: readonly ReviewQuestion[];
  readonly figures: readonly PaperFigure[];
  /** How figures tell its networks apart. */
  readonly series: NetworkSeries;
  /** How axes are set that stand for their values in heads. */
  readonly symbols: AxisSymbols;
  /** Metrics beside those that every paper has. */
  readonly metrics: readonly Metric[];
  /** Thresholds of its own metrics: a YAML file of the project; null where it has none. */
  readonly rules: string | null;
  /** The kind of hardware that its step times are of: only such numbers of ours are judged against them; null where it times nothing. */
  readonly timedOn: Hardware['kind'] | null;
  /** A model of the hardware that it timed on, fitted to some of its numbers: printed numbers are judged against it where ours are of other hardware. */
  readonly hardwareModel: StoredHardwareModel | null;
  /** A section of its own for the HTML report; null where there is nothing. */
  readonly explanation: () => Explanation | null;
}

export interface ReportedPaper extends Paper, Partial<Reporting> {}

/** Those that every paper has, and the paper's own. */
export const metricsOf = ({ metrics }: Pick<Reporting, 'metrics'>): Metrics =>
  new Metrics([...commonMetrics, ...metrics]);

/** A paper's reporting, complete. */
export const reportingOf = (paper: ReportedPaper): Reporting => ({
  tableNames: paper.tableNames ?? {},
  arrangements: paper.arrangements ?? {},
  remarks: paper.remarks ?? {},
  claims: paper.claims ?? (() => []),
  questions: paper.questions ?? [],
  review: paper.review ?? [],
  figures: paper.figures ?? [],
  series: paper.series ?? seriesOfSystems(paper.systems),
  symbols: paper.symbols ?? {},
  metrics: paper.metrics ?? [],
  rules: paper.rules ?? null,
  timedOn: paper.timedOn ?? null,
  hardwareModel: paper.hardwareModel ?? null,
  explanation: paper.explanation ?? (() => null),
});
