/** A table as CSV: one row a printed number, in the order of the table; full digits, for machines. */
import { stringify } from 'csv-stringify/sync';
import { labelOf } from '../../../experiments/warpnet/model/specification.js';
import { tidy } from '../../core/safe-text.js';
import type { TableModel } from '../model.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Metric, Quantity } from '../evaluate/quantity.js';
import { metricOf } from '../arrange/parts.js';

/** Columns and what they hold; units are in the names. */
export const tableCsvColumns = [
  'table',
  'published_id',
  'label',
  'dataset',
  'layout',
  'protocol',
  'metric',
  'unit',
  'provenance',
  'value',
  'low',
  'high',
  'interval_over',
  'n',
  'standard_deviation',
  'printed',
  'difference',
  'verdict',
  'rule',
  'best',
  'trained_network',
  'trained_dataset',
  'shrunk',
  'hardware',
  'notes',
] as const;

const units: Record<Metric, string> = {
  error: 'percent',
  top5: 'percent',
  rs: 'percent',
  parameters: 'count',
  loss: 'nats',
  'step-time': 'milliseconds',
};

/** Text that a spreadsheet would take for a formula gets a leading apostrophe. */
export const inertField = (value: string): string => {
  const clean = tidy(value);
  return /^[=+\-@]/u.test(clean) ? `'${clean}` : clean;
};

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(10)));

function record(model: TableModel, place: EvaluatedEntry, ours: Quantity, best: boolean): string[] {
  const { entry, timing } = place;
  const trained = ours.metric === 'error' || ours.metric === 'top5' || ours.metric === 'loss';
  const plan = trained ? entry.error : entry.timing;
  return [
    inertField(model.id),
    entry.published ?? '',
    inertField(entry.label),
    entry.dataset,
    inertField(entry.layout),
    inertField(entry.protocol),
    ours.metric,
    units[ours.metric],
    ours.provenance,
    digits(ours.value),
    digits(ours.interval?.low),
    digits(ours.interval?.high),
    ours.intervalOver ?? '',
    digits(ours.n),
    digits(ours.deviation),
    ours.printed?.text ?? '',
    digits(ours.difference),
    ours.verdict?.outcome ?? '',
    ours.verdict?.rule ?? '',
    best ? 'yes' : '',
    plan.skipped ? '' : labelOf(plan.network),
    trained && !entry.error.skipped ? entry.error.dataset : '',
    plan.skipped ? '' : inertField(plan.shrunk.join('; ')),
    trained ? '' : inertField(timing?.hardware ?? ''),
    inertField(ours.notes.join(' ')),
  ];
}

/** The cells marked best are known to the arrangement only. */
function bestOf(model: TableModel): Set<string> {
  const keys = model.blocks.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap(({ quantities }) => quantities.filter(({ best }) => best).map(keyOf))),
  );
  return new Set(keys);
}

const keyOf = (quantity: Quantity): string =>
  JSON.stringify([quantity.metric, quantity.provenance, quantity.value, quantity.interval]);

/** @returns CSV text with a header row. */
export function renderCsv(model: TableModel): string {
  const best = bestOf(model);
  const rows = [model, ...(model.also ? [model.also] : [])].flatMap((table) =>
    table.places.flatMap((place) =>
      table.metrics.map((metric) => {
        const ours = metricOf(place, metric);
        return record(table, place, ours, ours.value !== null && best.has(keyOf(ours)));
      }),
    ),
  );
  return stringify([[...tableCsvColumns], ...rows]);
}
