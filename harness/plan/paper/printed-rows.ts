/** A table's printed numbers written down in a paper's code, for papers that print few. */
import type { Scalar } from './network.js';
import type { Printed, PrintedNumbers, PrintedRow, RowId } from './printed.js';

export interface PrintedRowText {
  readonly facts: Readonly<Record<string, Scalar>>;
  /** By metric, with the printed digits: `{ error: '4.80', rs: '33%' }`. */
  readonly values: Readonly<Record<string, string>>;
  readonly note?: string;
}

/**
 * @param file the file that holds them, for messages
 * @param table as `Paper.tables` names it, and as the paper does: `['table1', 'Table 1']`
 */
export function printedRows(
  file: string,
  [table, source]: readonly [string, string],
  texts: Readonly<Record<RowId, PrintedRowText>>,
): () => PrintedNumbers {
  const rows = new Map<RowId, PrintedRow>();
  for (const [id, { facts, values: given, note = null }] of Object.entries(texts)) {
    const values = Object.fromEntries(Object.entries(given).map(([metric, text]) => [metric, read(text)]));
    rows.set(id, { id, table, source, facts, values, note });
  }
  return () => ({ file, rows });
}

function read(text: string): Printed {
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) throw new Error(`"${text}" is not a printed number`);
  return { value, text, lowConfidence: false };
}
