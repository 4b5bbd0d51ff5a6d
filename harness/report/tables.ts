/** Builds the table models of a plan. */
import type { ExperimentPlan, PlannedEntry, TablePlan } from '../plan/plan.js';
import { arrangeByMetric } from './arrange/by-metric.js';
import { arrangeByProtocol, arrangeSeeds } from '../../experiments/warpnet/arrange/by-protocol.js';
import { arrangeReadings, readingSentences } from '../../experiments/warpnet/arrange/readings.js';
import { arrangeByWidth, type Arrangement } from '../../experiments/warpnet/arrange/by-width.js';
import { commonRemarks, protocolsOf, standInSentences } from './arrange/parts.js';
import { seedSentences } from '../../experiments/warpnet/arrange/seed-conclusions.js';
import { evaluateEntry, type EvaluatedEntry, type Evidence } from './evaluate/entries.js';
import type { TableModel } from './model.js';
import { profileBanner, tableNames } from './evaluate/names.js';

function arrange(
  id: string,
  places: readonly EvaluatedEntry[],
  protocols: readonly string[],
  evidence: Evidence,
): Arrangement {
  const { published } = evidence;
  switch (id) {
    case 'table2':
    case 'table3':
      return arrangeByWidth(places, protocols, ['error', 'rs'], published);
    case 'width':
      return arrangeByWidth(places, protocols, ['rs'], published);
    case 'table4':
      return arrangeByMetric(places, protocols, ['parameters', 'top5', 'rs'], published);
    case 'table5':
      return arrangeByMetric(places, protocols, ['error', 'rs'], published);
    case 'figure2':
      return arrangeByMetric(places, protocols, ['top5'], published);
    case 'seeds':
      return arrangeSeeds(places);
    case 'readings':
      return arrangeReadings(places, protocols);
    default:
      return arrangeByProtocol(places, published);
  }
}

function alsoShown(
  table: TablePlan,
  evaluate: (entry: PlannedEntry) => EvaluatedEntry,
  evidence: Evidence,
): TableModel | null {
  const places = table.alsoShown.map(evaluate);
  if (places.length === 0) return null;
  return {
    id: `${table.id}-also`,
    name: `${tableNames[table.id] ?? table.id}, continued`,
    title: 'Rows of other tables that this machine can measure',
    banner: [],
    ...arrangeByMetric(places, protocolsOf(places, []), ['rs'], evidence.published),
    remarks: [],
    places,
    also: null,
  };
}

/** Matrices may repeat the table's name in their title; one is enough. */
function captionOf({ id, title }: TablePlan): string {
  const name = tableNames[id];
  if (name === undefined || !title.startsWith(name)) return title;
  const rest = title.replace(/^.*?[.:]\s+/u, '');
  return rest === '' ? title : rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** One table's model. */
export function buildTable(table: TablePlan, profile: ExperimentPlan['profile'], evidence: Evidence): TableModel {
  const evaluate = (entry: PlannedEntry): EvaluatedEntry => evaluateEntry(entry, evidence);
  const places = table.entries.map(evaluate);
  const banner = profileBanner(profile);
  const best = table.id === 'table2' || table.id === 'table3' || table.id === 'table4' || table.id === 'table5';
  return {
    id: table.id,
    name: tableNames[table.id] ?? table.id,
    title: captionOf(table),
    banner: [...(banner ? [banner] : []), ...standInSentences(places)],
    ...arrange(table.id, places, protocolsOf(places, table.protocols), evidence),
    remarks: [
      ...commonRemarks(places),
      ...table.notes,
      ...(best
        ? ['Bold: the lowest error of a column in its block; for ours only where its interval meets no other’s.']
        : []),
      ...(table.id === 'seeds' ? seedSentences(places) : []),
      ...(table.id === 'readings' ? readingSentences(places, evidence) : []),
    ],
    places,
    also: alsoShown(table, evaluate, evidence),
  };
}

/** All tables of a plan, in its order. */
export function buildTables(plan: ExperimentPlan, evidence: Evidence): TableModel[] {
  return plan.tables.map((table) => buildTable(table, plan.profile, evidence));
}
