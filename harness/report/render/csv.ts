/** A table as CSV: one row a number, in the order of the table; full digits and the jobs it rests on, for machines. */
import { stringify } from 'csv-stringify/sync';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Quantity } from '../evaluate/quantity.js';
import type { TableModel } from '../model.js';
import { reductionText } from '../words.js';
import { inertField } from './inert-field.js';

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
  'printed_in',
  'printed_confidence',
  'difference',
  'verdict',
  'rule',
  'reason',
  'best',
  'trained_network',
  'trained_dataset',
  'shrunk',
  'hardware',
  'jobs',
  'fitted',
  'command',
  'notes',
] as const;

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(10)));

/** Network and data set in place of the printed ones, and what of them is less. */
function madeWith(place: EvaluatedEntry, { metric, provenance }: Quantity): readonly [string, string, string] {
  const plan = place.planOf(metric.id);
  if (provenance === 'modelled' || plan === null || plan.skipped || !('network' in plan)) return ['', '', ''];
  return [plan.network.label, 'dataset' in plan ? plan.dataset : '', plan.shrunk.map(reductionText).join('; ')];
}

function record(model: TableModel, place: EvaluatedEntry, ours: Quantity, best: boolean): string[] {
  const { entry, printedRow } = place;
  const [network, dataset, shrunk] = madeWith(place, ours);
  return [
    inertField(model.id),
    entry.published ?? '',
    inertField(entry.label),
    entry.dataset ?? '',
    inertField(entry.layout?.text ?? ''),
    inertField(entry.protocol),
    ours.metric.id,
    ours.metric.unit,
    ours.provenance,
    digits(ours.value),
    digits(ours.interval?.low),
    digits(ours.interval?.high),
    ours.intervalOver ?? '',
    digits(ours.n),
    digits(ours.deviation),
    ours.printed?.text ?? '',
    ours.printed === null ? '' : inertField(printedRow?.source ?? ''),
    confidenceOf(ours),
    digits(ours.difference),
    ours.verdict?.outcome ?? '',
    ours.verdict?.rule ?? '',
    ours.verdict?.code ?? '',
    best ? 'yes' : '',
    inertField(network),
    dataset,
    inertField(shrunk),
    inertField(ours.hardware?.model ?? ''),
    ours.jobs.join(' '),
    ours.fitted ? 'yes' : '',
    place.commandFor(ours) ?? '',
    inertField(ours.notes.join(' ')),
  ];
}

/** Of the printed digits. */
export const confidenceOf = ({ printed }: Quantity): string =>
  printed === null ? '' : printed.lowConfidence ? 'low' : 'high';

/** The cells marked best are known to the arrangement only. */
function bestOf(model: TableModel): Set<string> {
  const keys = model.blocks.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap(({ quantities }) => quantities.filter(({ best }) => best).map(keyOf))),
  );
  return new Set(keys);
}

const keyOf = ({ metric, provenance, value, interval }: Quantity): string =>
  JSON.stringify([metric.id, provenance, value, interval]);

/** @returns CSV text with a header row. */
export function renderCsv(model: TableModel): string {
  const best = bestOf(model);
  const rows = [model, ...(model.also ? [model.also] : [])].flatMap((table) =>
    table.places.flatMap((place) =>
      table.metrics.flatMap((metric) => {
        const ours = [place.quantity(metric), place.modelled(metric)].flatMap((quantity) => quantity ?? []);
        return ours.map((own) => record(table, place, own, own.value !== null && best.has(keyOf(own))));
      }),
    ),
  );
  return stringify([[...tableCsvColumns], ...rows]);
}
