/** The paper's printed numbers as tables compare with them: value, printed digits, and whether they can be trusted. */
import { loadPublished, type Claim, type PublishedRow } from '../../plan/published.js';
import type { Printed } from './quantity.js';

export interface PublishedNumbers {
  readonly error: Printed | null;
  readonly top5: Printed | null;
  readonly rs: Printed | null;
  readonly parameters: Printed | null;
  /** Remark on the row, for a footnote where a number is doubtful. */
  readonly note: string | null;
}

export interface Published {
  readonly title: string;
  readonly authors: readonly string[];
  /** By row id, and `text.rs-vs-width.k2/kw4` for the points of the width series. */
  readonly numbers: ReadonlyMap<string, PublishedNumbers>;
  /** Row ids of each table, in the printed order. */
  readonly rows: Readonly<Record<'table2' | 'table3' | 'table4' | 'table5' | 'width', readonly string[]>>;
  readonly claims: readonly Claim[];
}

function numbersOf(row: PublishedRow): PublishedNumbers {
  const printed = (key: string, value: number | null | undefined, text: string | null | undefined): Printed | null =>
    value === null || value === undefined
      ? null
      : { value, text: text ?? String(value), lowConfidence: row.uncertainKeys.includes(key) };
  return {
    error: printed('errorPct', row.errorPct, row.errorPrinted),
    top5: printed('top5ErrorPct', row.top5ErrorPct, row.top5ErrorPrinted),
    rs: printed('rsPct', row.rsPct, row.rsPrinted ?? `${row.rsPct}%`),
    parameters: printed('params', row.params, row.paramsPrinted),
    note: row.note,
  };
}

const onlyRs = (rsPct: number): PublishedNumbers => ({
  error: null,
  top5: null,
  rs: { value: rsPct, text: `${rsPct}%`, lowConfidence: false },
  parameters: null,
  note: null,
});

/** Everything printed, from `experiments/published/`. */
export function readPublished(): Published {
  const { paper, tables, rows, points, widthPoints, claims } = loadPublished();
  const numbers = new Map([...rows].map(([id, row]) => [id, numbersOf(row)]));
  for (const id of widthPoints) numbers.set(id, onlyRs(points.get(id)?.rsPct ?? NaN));
  const ids = (table: keyof typeof tables): string[] => tables[table].rows.map(({ id }) => id);
  return {
    title: paper.title,
    authors: paper.authors,
    numbers,
    rows: {
      table2: ids('table2'),
      table3: ids('table3'),
      table4: ids('table4'),
      table5: ids('table5'),
      width: widthPoints,
    },
    claims,
  };
}
