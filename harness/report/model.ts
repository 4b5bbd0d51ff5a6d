/** The one table model that every renderer draws: the paper's arrangement, with ours beside theirs. */
import type { EvaluatedEntry } from './evaluate/entries.js';
import type { MetricId, Quantity } from './evaluate/quantity.js';

export interface HeadCell {
  readonly kind: 'text' | 'network' | 'layout';
  readonly text: string;
  /** A second, smaller line: the network that was really trained. */
  readonly detail: string | null;
  readonly notes: readonly string[];
}

/** One number, or two as the paper sets them: `error (RS)`; or plain text. */
export interface Cell {
  readonly quantities: readonly Quantity[];
  readonly text: string | null;
}

/** Printed by the paper; of this machine; of a model of the paper's hardware; or neither, such as a count of runs. */
export const sources = ['printed', 'ours', 'modelled', 'other'] as const;
export type Source = (typeof sources)[number];

export interface Column {
  /** `width = 4`, `RS (%)`; columns side by side with the same group share a head. */
  readonly group: string;
  readonly label: string;
  /** Protocol of ours; null in columns of the paper's own numbers and of counts. */
  readonly protocol: string | null;
  /** What its numbers are; ours where it is left out. */
  readonly source?: Source;
}

export interface Row {
  readonly heads: readonly HeadCell[];
  readonly cells: readonly Cell[];
}

export interface Block {
  /** `CIFAR-10, n = 37`; null for a table of one block. */
  readonly title: string | null;
  readonly rows: readonly Row[];
}

/** Places of a table under the title of their block. */
export interface PlaceGroup {
  readonly title: string | null;
  readonly places: readonly EvaluatedEntry[];
}

/** How an axis is set where its name stands for its value: a letter with an index. */
export interface AxisSymbol {
  readonly letter: string;
  readonly index: string;
}
export type AxisSymbols = Readonly<Record<string, AxisSymbol>>;

/** Rows and columns of a table. */
export interface Arrangement {
  /** Of the columns of heads. */
  readonly heads: readonly string[];
  readonly columns: readonly Column[];
  readonly blocks: readonly Block[];
  /** The places of each block, for a table that compares printed numbers with ours. */
  readonly groups?: readonly PlaceGroup[];
  /** What the table shows, and so what its verdicts are about. */
  readonly metrics: readonly MetricId[];
  /** Whether the lowest of a column in its block is bold, which a remark explains. */
  readonly bold: boolean;
  /** Its numbers as CSV, where it has others than one a place and metric. */
  readonly csv?: string;
}

export interface TableModel extends Arrangement {
  readonly id: string;
  /** `Table 2`. */
  readonly name: string;
  readonly title: string;
  /** Above all others: profile, stand-ins. Shown in the table itself. */
  readonly banner: readonly string[];
  readonly symbols: AxisSymbols;
  /** Sentences under the table: units, intervals, n, hardware. */
  readonly remarks: readonly string[];
  /** Every place, one after the other: for CSVs, details and verdicts. */
  readonly places: readonly EvaluatedEntry[];
  /** Shown below though it belongs to another table. */
  readonly also: TableModel | null;
}

export const head = (text: string, kind: HeadCell['kind'] = 'text', extra: Partial<HeadCell> = {}): HeadCell => ({
  kind,
  text,
  detail: null,
  notes: [],
  ...extra,
});

export const numbers = (...quantities: Quantity[]): Cell => ({ quantities, text: null });
export const plain = (text: string): Cell => ({ quantities: [], text });

/** Footnotes of a table: equal sentences share a mark. */
export interface Footnotes {
  readonly notes: readonly { readonly mark: string; readonly text: string }[];
  readonly marksOf: (notes: readonly string[]) => string[];
}

/** a … z, aa, ab … */
function markAt(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : markAt(Math.floor(index / 26) - 1) + letter;
}

/** Collects the footnotes of a table in reading order. */
export function footnotesOf(model: TableModel): Footnotes {
  const marks = new Map<string, string>();
  const collect = (notes: readonly string[]): void => {
    for (const note of notes) if (!marks.has(note)) marks.set(note, markAt(marks.size));
  };
  for (const { rows } of model.blocks) {
    for (const row of rows) {
      for (const { notes } of row.heads) collect(notes);
      for (const { quantities } of row.cells) for (const { notes } of quantities) collect(notes);
    }
  }
  return {
    notes: [...marks].map(([text, mark]) => ({ mark, text })),
    marksOf: (notes) => notes.flatMap((note) => marks.get(note) ?? []),
  };
}

/** Published ids of a table's own rows, each once. */
export const publishedIdsOf = (model: TableModel): string[] => [
  ...new Set(model.places.flatMap(({ entry }) => (entry.published === null ? [] : [entry.published]))),
];

/** False for tables with a row a protocol, such as the readings: too many to lay over each other in a figure. */
export const hasProtocolColumns = ({ columns }: TableModel): boolean =>
  columns.some(({ protocol }) => protocol !== null);
