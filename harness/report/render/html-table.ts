/** A table model as HTML: the table as the paper sets it, and every number of it on demand. */
import handlebars from 'handlebars';
import { armDigits, differenceDigits, fixed, placesOf, valueDigits } from '../evaluate/digits.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { html as markup } from '../markup/html.js';
import { withSymbols } from '../markup/markup.js';
import {
  footnotesOf,
  type AxisSymbols,
  type Cell,
  type Column,
  type Footnotes,
  type HeadCell,
  type TableModel,
} from '../model.js';
import type { Quantity } from '../evaluate/quantity.js';
import { counted } from '../words.js';
import { isJudged, verdictTitle, type VerdictOutcome } from '../verdict/vocabulary.js';
import { armLine, valueLine } from './cell-text.js';

/** Already escaped by the markup. */
const safe = (content: string): handlebars.SafeString => new handlebars.SafeString(content);

export const verdictSigns: Readonly<Record<VerdictOutcome, string>> = {
  reproduced: '✓',
  'reproduced on modelled hardware': '✓',
  'reduced scale': '≈',
  'not reproduced': '✗',
  'not judged': '–',
};
export const verdictClass = (outcome: VerdictOutcome): string => `verdict-${outcome.replaceAll(' ', '-')}`;

/** Only what was judged carries a sign in the table itself. */
function signOf(cell: Cell): { sign: string; kind: string; outcome: string; text: string } | null {
  const judged = cell.quantities.flatMap(({ verdict }) => verdict ?? []).find(({ outcome }) => isJudged(outcome));
  if (!judged) return null;
  const { outcome, reason } = judged;
  return { sign: verdictSigns[outcome], kind: verdictClass(outcome), outcome, text: `${outcome}: ${reason}` };
}

/** A protocol's name as a class: the same in every section of a page. */
export const protocolSlug = (protocol: string): string => protocol.toLowerCase().replace(/[^a-z0-9]+/gu, '-');

/** What the protocol switch may hide; parts of protocols that it does not offer stay. */
const protocolClass = (protocol: string | null, switched: readonly string[]): string =>
  protocol !== null && switched.includes(protocol) ? `protocol-${protocolSlug(protocol)}` : '';

/** Protocols with columns of their own, in order: what the switch offers. */
export const switchedProtocols = (models: readonly TableModel[]): string[] => [
  ...new Set(models.flatMap(({ columns }) => columns.flatMap(({ protocol }) => protocol ?? []))),
];

interface Group {
  readonly title: handlebars.SafeString;
  span: number;
  readonly id: number;
}

function groupsOf(columns: readonly Column[], symbols: AxisSymbols): Group[] {
  const groups: (Group & { name: string })[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.name === group) last.span++;
    else {
      const title = safe(withSymbols(group, symbols, markup));
      groups.push({ name: group, title, span: 1, id: groups.length });
    }
  }
  return groups;
}

function headView({ kind, text, detail, notes }: HeadCell, footnotes: Footnotes, symbols: AxisSymbols): object {
  const shown =
    kind === 'layout'
      ? markup.layout(text)
      : kind === 'network'
        ? withSymbols(text, symbols, markup)
        : markup.text(text);
  return {
    text: safe(`${shown}${markup.marks(footnotes.marksOf(notes))}`),
    detail: detail ?? '',
    kind: `head-${kind}`,
  };
}

const range = (quantity: Quantity): string => {
  if (!quantity.interval) return '';
  const places = placesOf(quantity);
  return `${fixed(quantity.interval.low, places)} to ${fixed(quantity.interval.high, places)}`;
};

/** Said once, in the head of the column. */
const programCall = 'npm run reproduce -- ';

/** Nothing for a cell without intervals. */
function armOf(cell: Cell): handlebars.SafeString | '' {
  const arm = armLine(cell, markup);
  return arm === '' ? '' : safe(arm);
}

const sourceOf = ({ provenance, hardware, fitted }: Quantity): string => {
  if (hardware === null) return provenance;
  if (provenance === 'modelled') return `modelled for ${hardware.model}${fitted ? ', fitted to it' : ''}`;
  return provenance === 'measured' ? `measured on ${hardware.model}` : provenance;
};

/** One line of the details: a number with all that is known of it. */
function detailView(place: EvaluatedEntry, quantity: Quantity, protocols: readonly string[]): object {
  const { entry } = place;
  const { metric, verdict, n } = quantity;
  return {
    protocolClass: protocolClass(entry.protocol, protocols),
    network: entry.label,
    layout: entry.layout?.text ?? '',
    protocol: entry.protocol,
    metric: metric.title,
    value: valueDigits(quantity) ?? '–',
    interval: armDigits(quantity) === null ? '' : range(quantity),
    n: n === null ? '' : counted(n, metric.sample),
    deviation: quantity.deviation === null ? '' : fixed(quantity.deviation, 2),
    printed: quantity.printed?.text ?? '',
    printedIn:
      quantity.printed === null
        ? ''
        : `${place.printedRow?.source ?? ''}${quantity.printed.lowConfidence ? ', digits doubtful' : ''}`,
    command: (place.commandFor(quantity) ?? '').replace(programCall, ''),
    difference: differenceDigits(quantity) ?? '',
    outcome: verdict ? verdictTitle(verdict) : '',
    verdictClass: verdict ? verdictClass(verdict.outcome) : '',
    why: [verdict?.reason ?? '', ...(quantity.value === null ? quantity.notes : [])].join(' ').trim(),
    provenance: sourceOf(quantity),
  };
}

/** The view that `report.html` draws a table from. */
export function tableView(model: TableModel, protocols: readonly string[], prefix: string): object {
  const footnotes = footnotesOf(model);
  const columns = model.columns.map((column, index) => ({
    label: column.label,
    protocolClass: protocolClass(column.protocol, protocols),
    group: groupsOf(model.columns.slice(0, index + 1), model.symbols).length - 1,
    first: index === 0 || model.columns[index - 1]?.group !== column.group ? 'first' : '',
  }));
  const details = model.places.flatMap((place) =>
    model.metrics
      .flatMap((metric) => [place.quantity(metric), ...[place.modelled(metric)].flatMap((own) => own ?? [])])
      .filter(
        ({ value, printed, verdict }) => (value !== null || printed !== null) && (verdict !== null || value !== null),
      )
      .map((quantity) => detailView(place, quantity, protocols)),
  );
  return {
    id: `${prefix}-${model.id.replace(/[^\w-]/gu, '-')}`,
    name: model.name,
    title: model.title,
    banner: model.banner,
    heads: model.heads,
    groups: groupsOf(model.columns, model.symbols),
    columns,
    width: model.heads.length + model.columns.length,
    blocks: model.blocks.map(({ title, rows }) => ({
      title: title ?? '',
      rows: rows.map(({ heads, cells }) => ({
        heads: heads.map((head) => headView(head, footnotes, model.symbols)),
        cells: cells.map((cell, index) => ({
          value: safe(valueLine(cell, footnotes, markup)),
          arm: armOf(cell),
          sign: signOf(cell),
          protocolClass: columns[index]?.protocolClass ?? '',
          kind: model.columns[index]?.source ?? 'ours',
          first: columns[index]?.first ?? '',
        })),
      })),
    })),
    notes: footnotes.notes,
    remarks: model.remarks,
    details,
    also: model.also ? tableView(model.also, protocols, prefix) : null,
  };
}
