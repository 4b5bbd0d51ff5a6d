/** Builds the table models of a plan. */
import type { ExperimentPlan, PlannedEntry, TablePlan } from '../plan/plan.js';
import type { Arrange, Arranged } from './arrange/arrangement.js';
import { byMetric } from './arrange/by-metric.js';
import { byProtocol } from './arrange/by-protocol.js';
import { protocolsShown } from './arrange/cells.js';
import { boldRemark, commonRemarks, standInSentences } from './arrange/remarks.js';
import { evaluateEntry, type EvaluatedEntry } from './evaluate/entries.js';
import type { Evidence } from './evaluate/evidence.js';
import type { Metrics } from './metrics/metric.js';
import type { TableModel } from './model.js';
import { metricsOf, type Reporting } from './paper.js';
import { profileBanner } from './words.js';

/** Matrices may repeat the table's name in their title; one is enough. */
function captionOf({ id, title }: TablePlan, { tableNames }: Reporting): string {
  const name = tableNames[id];
  if (name === undefined || !title.startsWith(name)) return title;
  const rest = title.replace(/^.*?[.:]\s+/u, '');
  return rest === '' ? title : rest.charAt(0).toUpperCase() + rest.slice(1);
}

class TableBuilder {
  readonly #metrics: Metrics;

  constructor(
    private readonly paper: Reporting,
    private readonly evidence: Evidence,
  ) {
    this.#metrics = metricsOf(paper);
  }

  build(table: TablePlan, profile: ExperimentPlan['profile']): TableModel {
    const { paper, evidence } = this;
    const places = table.entries.map((entry) => this.#evaluate(entry));
    // What a profile shrinks is told of errors and step times; other tables have neither.
    const hasEither = table.entries.some(({ error, timing }) =>
      [error, timing].some((work) => !work.skipped || work.code !== 'NOT_IN_TABLE'),
    );
    const banner = hasEither ? profileBanner(profile) : null;
    const arrange = paper.arrangements[table.id] ?? byProtocol();
    const arrangement = arrange(this.#arranged(places, table.protocols));
    return {
      id: table.id,
      name: this.#nameOf(table),
      title: captionOf(table, paper),
      banner: [...(banner ? [banner] : []), ...standInSentences(places)],
      symbols: paper.symbols,
      ...arrangement,
      remarks: [
        ...commonRemarks(places, evidence.hardwareModel),
        ...table.notes,
        ...(arrangement.bold ? [boldRemark] : []),
        ...(paper.remarks[table.id]?.(places, evidence) ?? []),
      ],
      places,
      also: this.#also(table),
    };
  }

  /** Rows of other tables, shown below. */
  #also(table: TablePlan): TableModel | null {
    const places = table.alsoShown.map((entry) => this.#evaluate(entry));
    if (places.length === 0) return null;
    const arrange: Arrange = byMetric(['rs']);
    return {
      id: `${table.id}-also`,
      name: `${this.#nameOf(table)}, continued`,
      title: 'Rows of other tables that this machine can measure',
      banner: [],
      symbols: this.paper.symbols,
      ...arrange(this.#arranged(places, [])),
      remarks: [],
      places,
      also: null,
    };
  }

  #nameOf({ id }: TablePlan): string {
    return this.paper.tableNames[id] ?? id;
  }

  #evaluate(entry: PlannedEntry): EvaluatedEntry {
    return evaluateEntry(entry, this.evidence, this.#metrics);
  }

  #arranged(places: readonly EvaluatedEntry[], protocols: readonly string[]): Arranged {
    return {
      places,
      protocols: protocolsShown(places, protocols),
      printed: this.evidence.printed,
      metric: (id) => this.#metrics.named(id),
    };
  }
}

/** All tables of a plan, in its order. */
export function buildTables(paper: Reporting, plan: ExperimentPlan, evidence: Evidence): TableModel[] {
  const builder = new TableBuilder(paper, evidence);
  return plan.tables.map((table) => builder.build(table, plan.profile));
}
