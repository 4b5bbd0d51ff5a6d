/** A table model as HTML: the table as the paper sets it, and every number of it on demand. */
import handlebars from 'handlebars';
import { armDigits, fixed, placesOf, signed, valueDigits } from '../evaluate/digits.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { html as markup } from '../markup/html.js';
import { footnotesOf, type Cell, type Column, type Footnotes, type HeadCell, type TableModel } from '../model.js';
import { metricTitles } from '../evaluate/names.js';
import type { Quantity, VerdictOutcome } from '../evaluate/quantity.js';
import { metricOf } from '../arrange/parts.js';
import { armLine, valueLine } from './cell-text.js';

/** Already escaped by the markup. */
const safe = (content: string): handlebars.SafeString => new handlebars.SafeString(content);

export const verdictSigns: Readonly<Record<VerdictOutcome, string>> = {
  reproduced: '✓',
  'not reproduced': '✗',
  'not comparable': '≈',
  'not run': '–',
};
export const verdictClass = (outcome: VerdictOutcome): string => `verdict-${outcome.replace(' ', '-')}`;

/** Only what was judged carries a sign in the table itself. */
function signOf(cell: Cell): { sign: string; kind: string; text: string } | null {
  const judged = cell.quantities.find(
    ({ verdict }) => verdict?.outcome === 'reproduced' || verdict?.outcome === 'not reproduced',
  );
  if (!judged?.verdict) return null;
  const { outcome, reason } = judged.verdict;
  return { sign: verdictSigns[outcome], kind: verdictClass(outcome), text: `${outcome}: ${reason}` };
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

function groupsOf(columns: readonly Column[]): Group[] {
  const groups: (Group & { name: string })[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.name === group) last.span++;
    else {
      const title = markup.text(group).replace(/^kw\b/u, '<var>k</var><sub>w</sub>');
      groups.push({ name: group, title: safe(title), span: 1, id: groups.length });
    }
  }
  return groups;
}

function headView({ kind, text, detail, notes }: HeadCell, footnotes: Footnotes): object {
  const shown = kind === 'layout' ? markup.layout(text) : kind === 'network' ? markup.network(text) : markup.text(text);
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

/** One line of the details: a number with all that is known of it. */
function detailView(place: EvaluatedEntry, quantity: Quantity, protocols: readonly string[]): object {
  const { entry, timing } = place;
  const arm = armDigits(quantity);
  const outcome = quantity.verdict?.outcome;
  const difference = quantity.difference;
  return {
    protocolClass: protocolClass(entry.protocol, protocols),
    network: entry.label,
    layout: safe(markup.layout(entry.layout)),
    protocol: entry.protocol,
    metric: metricTitles[quantity.metric],
    value: valueDigits(quantity) ?? '–',
    interval: arm === null ? '' : range(quantity),
    n:
      quantity.n === null
        ? ''
        : `${quantity.n} ${quantity.metric === 'rs' ? 'steps' : quantity.n === 1 ? 'seed' : 'seeds'}`,
    deviation: quantity.deviation === null ? '' : fixed(quantity.deviation, 2),
    printed: quantity.printed?.text ?? '',
    difference:
      difference === null
        ? ''
        : quantity.metric === 'parameters'
          ? signed(difference, 0)
          : signed(difference, Math.max(1, placesOf(quantity))),
    outcome: outcome ?? '',
    verdictClass: outcome ? verdictClass(outcome) : '',
    why: [quantity.verdict?.reason ?? '', ...(quantity.verdict?.outcome === 'not run' ? quantity.notes : [])]
      .join(' ')
      .trim(),
    provenance:
      quantity.provenance === 'measured' && quantity.metric === 'rs' && timing
        ? `measured on ${timing.hardware}`
        : quantity.provenance,
  };
}

/** The view that `report.html` draws a table from. */
export function tableView(model: TableModel, protocols: readonly string[], prefix: string): object {
  const footnotes = footnotesOf(model);
  const columns = model.columns.map((column, index) => ({
    label: column.label,
    protocolClass: protocolClass(column.protocol, protocols),
    group: groupsOf(model.columns.slice(0, index + 1)).length - 1,
    first: index === 0 || model.columns[index - 1]?.group !== column.group ? 'first' : '',
  }));
  const details = model.places.flatMap((place) =>
    model.metrics
      .map((metric) => metricOf(place, metric))
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
    groups: groupsOf(model.columns),
    columns,
    width: model.heads.length + model.columns.length,
    blocks: model.blocks.map(({ title, rows }) => ({
      title: title ?? '',
      rows: rows.map(({ heads, cells }) => ({
        heads: heads.map((head) => headView(head, footnotes)),
        cells: cells.map((cell, index) => ({
          value: safe(valueLine(cell, footnotes, markup)),
          arm: safe(armLine(cell, markup)),
          sign: signOf(cell),
          protocolClass: columns[index]?.protocolClass ?? '',
          kind: model.columns[index]?.label === 'printed' ? 'printed' : 'ours',
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
